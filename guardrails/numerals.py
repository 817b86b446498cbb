"""Numbers written in words or Chinese characters as digits: 一百五十萬 as 1500000, 三分二 as 66.6667%, twenty-five as 25."""

from __future__ import annotations

import re
from decimal import Decimal

from guardrails.normalise import normal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_FINANCIAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
_IDIOMS = frozenset({"千万", "万一", "一一", "百万", "万千", "千百", "百千", "万亿"})
# What stands after a number rather than after 一 in 一般, 一定, 統一 …
_SPAN = r"天|日|年|月|周|星期|礼拜|小时|分钟|秒|个(?:月|星期|小时|半月|历|公历|工作|营业|交易|银行|百分点|季|钟)|工作[天日]|营业[天日]|交易[天日]|历[天日]|季度?"
_ONE_OF = re.compile(rf"{_SPAN}|元|港|美元|蚊|块钱|厘|成|倍|万|亿|次(?!性)|基点")
_SOME_OF = re.compile(
    rf"{_SPAN}|元|港|美|人民币|蚊|块|厘|成|倍|万|亿|次|基点|个|岁|名|位|份|项|张|笔|间|家|只|种|类|层|级|期|折|股|人|分行|点|时"
    "|户|套|宗|件|条|代|年期|英镑|欧元|日元|单位|工作|营业|晚|夜|程|段|码|字"
)

_PERCENT = re.compile(
    r"百分之(?P<number>[零〇一二两三四五六七八九十百廿卅]+(?:点[零〇一二三四五六七八九]+)?|\d+(?:\.\d+)?)"
)
_SHARE = re.compile(
    r"(?P<whole>[二两三四五六七八九十]|百|\d{1,3})分之?(?P<part>[一二两三四五六七八九]|\d{1,3})(?![日月年钟])"
)
_TENTHS = re.compile(r"(?P<tenths>[一二两三四五六七八九]|(?<!\d)\d)成(?P<half>半?)(?![为功立员熟交年人本分果])")
_MIXED = re.compile(r"(?<![\d.,])\d[\d,]{0,24}(?:\.\d{1,12})?(?:[百千万亿]{1,4}\d{0,12}){1,4}(?![\d.,]\d)")
_RUN = re.compile("[零〇一二两三四五六七八九十百千万亿廿卅卌]{1,24}(?:点[零〇一二三四五六七八九]{1,12})?")
_FORMAL = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟零万亿]{2,24}")

_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: SIM905
_TIES = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_UNIT_ORDINALS = {"first": 1, "second": 2, "third": 3}
_WORDS = {word: i for i, word in enumerate(_UNITS, 1)} | {word: 10 * i for i, word in enumerate(_TIES, 2)}
_SMALL = rf"(?:(?:{'|'.join(_TIES)})(?:[ -](?:{'|'.join(_UNITS[:9])}))?|(?:{'|'.join(reversed(_UNITS))}))"
_HUNDREDS = rf"(?:(?:{_SMALL}|a)[ -]hundred(?:(?: and)? {_SMALL})?|hundred and {_SMALL}|{_SMALL})"
_SPELT = re.compile(
    rf"\b(?:(?:{_HUNDREDS}|a)[ -]million(?:(?:,| and)? {_HUNDREDS} thousand)?|(?:{_HUNDREDS}|a)[ -]thousand(?:(?:,| and)? {_HUNDREDS})?"
    rf"|{_HUNDREDS})\b"
)
_ORDINALS = {
    "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
    "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "ninetieth": 90,
}  # fmt: skip
_ORDINAL = re.compile(rf"\b(?:(?P<tie>twenty|thirty)-)?(?P<one>{'|'.join([*_UNIT_ORDINALS, *_ORDINALS])})\b")
_OF_A_MONTH = re.compile(
    r" (?:day )?of (?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
_COUNTED = re.compile(
    r"[ -](?:calendar|business|working|banking|trading|minute|hour|day|week|month|quarter|year|per ?cent|dollar|basis|hong kong|us )"
)
_ENGLISH_SHARE = re.compile(
    r"\b(?P<part>one|two|three|four|five|six|seven|eight|nine|a)[- ](?P<whole>half|third|fourth|quarter|fifth|sixth|eighth|tenth)s?\b(?P<of>(?: of\b)?)"
)
_WHOLES = {"half": 2, "third": 3, "fourth": 4, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_HALVES = (
    (re.compile(r"\bhalf an? year\b|\bhalf[- ]year\b(?!ly)|(?<![年上下])半年(?!度)"), "6 months"),
    (re.compile(r"\bhalf an? hour\b|\bhalf[- ]hour\b|半(?:个)?(?:小时|钟头)"), "30 minutes"),
    (re.compile(r"\bhalf a million\b"), "500000"),
    (re.compile(r"\bhalf (?:of|the)\b|\bby half\b|\bhalved\b|一半|(?<=减)半|折半"), "50%"),
    (re.compile(r"\b(?:a |one )?quarter of an hour\b|(?<![两二三])一?刻钟|(?<!\d)1刻钟"), "15 minutes"),
    (re.compile(r"\b(?:a |one )?quarter of a year\b"), "3 months"),
)
_AND_A_HALF = re.compile(r"(?<!\d)(\d{1,9})(?: and a half| ?1/2\b)")
_YEAR_AND_HALF = re.compile(r"(?<![\d.])(\d{1,2})年半")
_MONTH_AND_HALF = re.compile(r"(?<![\d.])(\d{1,2})个半(?=月|小时|钟|星期)")
_SUPERSCRIPTS = dict.fromkeys(map(ord, "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉①②③④⑤⑥⑦⑧⑨"), " ")


def in_digits(text: str) -> str:
    """The matching form of ``text`` (``normalise``) with all numbers in digits. Raised digits are notes, not numbers."""
    return _chinese(_english(normal(text.translate(_SUPERSCRIPTS))))


def _english(text: str) -> str:
    if any(word in text for word in ("half", "halved", "半", "quarter of", "刻钟")):
        for pattern, digits in _HALVES:
            text = pattern.sub(digits, text)
    text = _ORDINAL.sub(_ordinal, _ENGLISH_SHARE.sub(_english_share, text))
    text = _SPELT.sub(_spelt, text)
    return _AND_A_HALF.sub(r"\1.5", text)


def _ordinal(match: re.Match[str]) -> str:
    """The twentieth as 20th; "first", "second" and "third" are words, but where they are days of a month."""
    word, tie = match["one"], match["tie"]
    if word in _UNIT_ORDINALS and not tie and not _OF_A_MONTH.match(match.string, match.end()):
        return match[0]
    number = _ORDINALS.get(word) or _UNIT_ORDINALS[word]
    return f"{number + (_WORDS[tie] if tie else 0)}th"


def _english_share(match: re.Match[str]) -> str:
    months = match["whole"] == "quarter" and match["part"] != "three"
    if not match["of"] and (months or match["part"] == "a"):
        return match[0]  # as likely three months; "and a half"
    part = 1 if match["part"] == "a" else _WORDS[match["part"]]
    return share(part, _WHOLES[match["whole"]]) + match["of"]


def share(part: int, whole: int) -> str:
    """The share as a percentage of at most four decimals, "66.6667%"; empty for a whole of 0."""
    return f"{plain(round(Decimal(100 * part) / whole, 4))}%" if whole else ""


def plain(value: Decimal) -> str:
    """The number without exponent or needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _spelt(match: re.Match[str]) -> str:
    if match[0] == "one" and not _COUNTED.match(match.string, match.end()):
        return match[0]  # "no one", "one of"
    total = current = 0
    for word in re.findall("[a-z]+", match[0]):
        if word == "hundred":
            current = max(current, 1) * 100
        elif word in ("thousand", "million"):
            total, current = total + max(current, 1) * (1000 if word == "thousand" else 10**6), 0
        elif word == "a":
            current = 1
        else:
            current += _WORDS.get(word, 0)
    return str(total + current)


def _chinese(text: str) -> str:
    if text.isascii():
        return text
    text = _FORMAL.sub(lambda m: m[0].translate(_FINANCIAL), text)
    text = _PERCENT.sub(lambda m: f"{value_of(m['number'])}%", text)
    text = _SHARE.sub(lambda m: share(int(value_of(m["part"])), int(value_of(m["whole"]))), text)
    text = _TENTHS.sub(lambda m: f"{int(value_of(m['tenths'])) * 10 + 5 * bool(m['half'])}%", text)
    text = _MIXED.sub(_mixed, text)
    text = _RUN.sub(_run, text)
    text = _YEAR_AND_HALF.sub(lambda m: f"{int(m[1]) * 12 + 6}个月", text)
    return _MONTH_AND_HALF.sub(r"\1.5个", text)


def _run(match: re.Match[str]) -> str:
    """The run in digits, or as it stands where it is part of a word."""
    run, before = match[0], match.string[max(0, match.start() - 1) : match.start()]
    after = match.string[match.end() : match.end() + 6]
    if len(run) == 1:
        if before in tuple("期周拜") and run not in "十百千万亿" and not after.startswith(("年", "个")):
            return run  # a day of the week
        counted = _ONE_OF if run == "一" else _SOME_OF
        is_number = run not in "百千万亿零〇" and (bool(counted.match(after)) or (before == "第" and run != "一"))
        is_number = is_number or (run == "一" and before in tuple("午晚早晨昼") and after[:1] in tuple("时点"))
        is_number = is_number and not (run == "一" and before and before in "每下上另同任某")
        if run == "十" and after.startswith("分") and not after.startswith("分钟"):
            is_number = False
    elif all(c in _DIGITS for c in run):
        is_number = len(run) >= 3 or after.startswith("折") or "零" in run or "〇" in run
    else:
        is_number = run not in _IDIOMS or (run in ("百万", "千万") and bool(_SOME_OF.match(after)))
        is_number = is_number and not (run[0] == "一" and run[1:] in ("千", "百") and not after)
    return value_of(run) if is_number and not (before.isdigit() and before.isascii()) else run


def _mixed(match: re.Match[str]) -> str:
    """150万, 1万5千, 2千3 (2300) as digits."""
    total, section, last, power = Decimal(0), Decimal(0), Decimal(0), 0
    for part in re.findall(r"\d[\d,]*(?:\.\d+)?|[百千万亿]", match[0]):
        if part in _POWERS:
            power = _POWERS[part]
            if power >= 10**4:
                total, section, last = (total + section + last) * power, Decimal(0), Decimal(0)
            else:
                section, last = section + (last or 1) * power, Decimal(0)
        else:
            last = Decimal(part.replace(",", ""))
    implied = power // 10 if last and last < 10 and power > 10 else 1
    return plain(total + section + last * implied)


def value_of(numeral: str) -> str:
    """A Chinese numeral, or digits, as digits: 兩千三 is 2300, 二點五 is 2.5, 二〇二六 is 2026."""
    if numeral[:1].isascii():
        return numeral
    whole, _, decimals = numeral.partition("点")
    for short, long in _TENS.items():
        whole = whole.replace(short, long)
    value = _digits(whole) if all(c in _DIGITS for c in whole) else str(_sum(whole))
    return f"{value}.{_digits(decimals)}" if decimals else value


def _digits(run: str) -> str:
    return "".join(str(_DIGITS[c]) for c in run)


def _sum(numeral: str) -> int:
    total = section = last = power = 0
    spelt_out = True
    for c in numeral:
        if c in _DIGITS:
            last, spelt_out = _DIGITS[c], spelt_out and c not in "零〇"
            if c in "零〇":
                power = 0
        else:
            power = _POWERS[c]
            if power >= 10**4:
                total, section, last = (total + section + last or 1) * power, 0, 0
            else:
                section, last = section + (last or 1) * power, 0
    return total + section + last * (power // 10 if last and power > 10 else 1)
