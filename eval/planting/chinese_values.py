"""Chinese errors of numbers in characters and of dates (written in Traditional, used for both scripts)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable

from eval.planting.chinese import DIGITS, NUMERAL, numeral, numeral_value
from eval.planting.figures import AMOUNT, figure_operators
from eval.planting.operators import Condition, Operator, Replacement, Site, chooser, free, rule
from guardrails.normalise import fold

UNITS = "個工作天|個工作日|個營業日|個交易日|個曆日|個曆月|個星期|個月|小時|分鐘|星期|年度|日|天|年|週|秒"
_COUNT = (
    r"[個次年日天週條隻歲倍名份間項級期位種週月座艘支部棟村市縣]|星期|小時|分鐘|工作天|"
    r"工作日|營業日|交易日|曆月|曆日|成(?=[的，。至])"
)
_DATE = r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"


def table(words: dict[str, tuple[str, ...]]) -> Callable[[re.Match[str], Site], str | None]:
    """Replace by a table of Traditional words that finds the Simplified ones too."""
    return chooser({**words, **{fold(k): v for k, v in words.items()}})


def unused(site: Site, options: list[str]) -> str | None:
    """Choose a value that stands nowhere in the evidence."""
    left = [o for o in options if o not in site.evidence and fold(o) not in site.evidence]
    return site.rng.choice(left) if left else None


def _numeral(match: re.Match[str], site: Site) -> str | None:
    """Put another number in characters that the evidence does not use before the same word."""
    value = numeral_value(match["n"])
    if value is None or not 2 <= value <= 30:
        return None
    options = [v for v in (value - 2, value - 1, value + 1, value + 2, value * 2) if 2 <= v <= 40 and v != value]
    words = ["兩" if v == 2 else numeral(v) for v in options]
    return unused(site, [w for w in words if w + site.sentence[match.end()] not in site.evidence])


def _is_count(match: re.Match[str], site: Site) -> bool:
    """Tell a count from an ordinal, from 'one-time' words and from a date in characters."""
    before = site.sentence[: match.start()]
    return site.free(match) and not re.search(rf"[第星期週周月{NUMERAL}〇零十初統之幾几數数]$|分之$|\d$|禮拜$", before)


def _moved_day(match: re.Match[str], site: Site) -> str | None:
    days = [d for d in (int(match["d"]) + n for n in (-10, -7, -2, -1, 1, 2, 7, 10)) if 1 <= d <= 28]
    return unused(site, [f"{match['y']}年{match['m']}月{d}日" for d in days])


def _moved_month(match: re.Match[str], site: Site) -> str | None:
    months = [m for m in range(1, 13) if m != int(match["m"]) and int(match["d"]) <= calendar.monthrange(2025, m)[1]]
    return unused(site, [f"{match['y']}年{m}月{match['d']}日" for m in months])


def _moved_year(match: re.Match[str], site: Site) -> str | None:
    return unused(site, [str(int(match.group()) + n) for n in (-10, -3, -2, -1, 1, 2)])


def _other_date(match: re.Match[str], site: Site) -> str | None:
    """Put another date of the evidence in this one's place."""
    inside = {m.group() for m in re.finditer(_DATE, site.sentence)}
    dates = {m.group() for m in re.finditer(_DATE, site.evidence)} - inside
    return site.rng.choice(sorted(dates)) if dates else None


def _month(match: re.Match[str], site: Site) -> str | None:
    return unused(site, [f"{m}月" for m in range(1, 13)])


def _day_of_month(match: re.Match[str], site: Site) -> str | None:
    return unused(site, [f"{match['m']}月{d}日" for d in range(1, 29)])


def _weekday(match: re.Match[str], site: Site) -> str | None:
    return unused(site, [f"星期{d}" for d in "一二三四五六日"])


def _hour(match: re.Match[str], site: Site) -> str | None:
    """Move a time of day by an hour or two."""
    old = int(match["h"])
    return unused(
        site, [f"{match['half']}{h}{match['rest']}" for h in (old - 2, old - 1, old + 1, old + 2) if 1 <= h <= 11]
    )


def _deadline(match: re.Match[str], site: Site) -> str | None:
    """Change the length of a time limit, in figures or in characters as it was."""
    figure = match["n"].isdigit()
    value = int(match["n"]) if figure else numeral_value(match["n"])
    if value is None or value < 2:
        return None
    choices = (2, 3, 4, 5, 6, 7, 10, 12, 14, 15, 18, 21, 28, 30, 45, 60, 90, 120, 180)
    usual = [v for v in choices if v != value and value / 4 <= v <= value * 4]
    written = [str(v) if figure else ("兩" if v == 2 else numeral(v)) for v in usual if v < 100 or figure]
    return unused(site, written)


def chinese_values() -> list[Operator]:
    """Give the operators on numbers in characters and dates."""

    def number(name: str, pattern: str, new: Replacement, when: Condition = free) -> Operator:
        return rule(name, "number", "zh", pattern, new, when)

    def date(name: str, pattern: str, new: Replacement, when: Condition = free) -> Operator:
        return rule(name, "date", "zh", pattern, new, when)

    figure = rf"(?:\d+|[{NUMERAL}]+)"
    years = r"(?<![\d.,HK$])(?:1[0-9]|20)\d\d(?=年)"
    return [
        *figure_operators("zh"),
        number("numeral", rf"(?P<n>[{NUMERAL}]{{1,3}})(?={_COUNT})", _numeral, _is_count),
        number(
            "fraction",
            r"三分之[一二]|四分之[一三]|五分之[一二三四]|一半|[三四五六七八]成(?=[的，。至以])",
            table(
                {
                    "三分之一": ("三分之二", "四分之一"),
                    "三分之二": ("三分之一",),
                    "四分之一": ("四分之三", "五分之一"),
                    "四分之三": ("四分之一",),
                    "五分之一": ("五分之二",),
                    "一半": ("三分之一",),
                    "三成": ("四成",),
                    "四成": ("六成",),
                    "五成": ("三成",),
                    "六成": ("七成",),
                    "七成": ("五成",),
                    "八成": ("六成",),
                }
            ),
        ),
        number(
            "ordinal-first",
            r"首(?=[兩三四五六][年次個])|首次(?=[提轉切發])",
            table({"首": ("其後", "最後"), "首次": ("第二次",)}),
        ),
        number(
            "large",
            rf"(?<![\d,.])(?P<n>{AMOUNT})(?=[萬億]|多[萬億萬]|餘)",
            lambda m, s: unused(s, [str(int(float(m["n"].replace(",", ""))) + k) for k in (2, 3, 5, 10)]),
        ),
        number(
            "rank",
            r"第(?P<n>[二三四五六七八九])(?=[大位名高長多屆代任])",
            lambda m, s: unused(s, ["第" + w for w in DIGITS[2:]]),
        ),
        date("day", _DATE, _moved_day),
        date("month", _DATE, _moved_month),
        date("date-of-another", _DATE, _other_date),
        date("year", years, _moved_year),
        date("month-name", r"(?<![年\d個])\d{1,2}月(?!\d)", _month),
        date("month-of-year", r"(?<=年)\d{1,2}月(?!\d)", _month),
        date("day-of-month", r"(?P<m>(?<!\d)\d{1,2})月(?P<d>\d{1,2})日", _day_of_month),
        date(
            "weekday",
            r"星期[一二三四五六日]",
            _weekday,
            lambda m, s: re.search(r"[計计算包括]在[內内]", s.sentence) is None,
        ),
        date("hour", r"(?P<half>上午|下午|早上|晚上)(?P<h>\d{1,2})(?P<rest>[時點:：])", _hour),
        date("half-day", r"上午(?=\d)|下午(?=\d)", table({"上午": ("下午",), "下午": ("上午",)})),
        date("noon", r"中午12時|正午", table({"中午12時": ("下午2時", "上午11時"), "正午": ("午夜",)})),
        date(
            "from-until",
            rf"自?由?(?P<t>{_DATE.replace('?P<y>', '?:').replace('?P<m>', '?:').replace('?P<d>', '?:')})起(?=[，至的])",
            _until,
        ),
        date("since-until", r"(?<=\d日)起(?=生效)", "停止"),
        date("deadline", rf"(?P<n>{figure})(?=(?:{UNITS})(?:之?[內前後]|以[內前後]|的?(?:書面)?通知))", _deadline),
        date(
            "period",
            rf"(?<=[後內滿達有為出期足續持]|最長|最短|最遲|至少|最少|最多)(?P<n>\d+|[二兩三四五六七八九十]+)(?=(?:{UNITS})(?![至]))",
            _deadline,
        ),
        date(
            "next-day",
            r"(?:下一個|同一|即)(?=個?(?:交易日|營業日|工作日))|翌日|即日|當日(?=[價處存入])",
            table(
                {
                    "下一個": ("同一個", "第三個"),
                    "同一": ("下一",),
                    "翌日": ("即日",),
                    "即日": ("翌日",),
                    "當日": ("翌日",),
                }
            ),
        ),
        date("century", r"\d{1,2}(?=世紀)", lambda m, s: unused(s, [str(int(m.group()) + k) for k in (-2, -1, 1, 2)])),
        date("decade", r"(?<=\d)[2-9]0(?=年代)", lambda m, s: unused(s, [f"{k}0" for k in range(2, 10)])),
    ]


def _until(match: re.Match[str], site: Site) -> str:
    """Turn 'from a day' into 'up to a day'."""
    return f"截至{match['t']}止"
