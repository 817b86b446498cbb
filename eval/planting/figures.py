"""Errors of figures that work alike in every language: digits, size, neighbours."""

from __future__ import annotations

import calendar
import itertools
import re

from eval.planting.operators import Condition, Operator, Replacement, Site, both, rule

MONTHS = calendar.month_name[1:]
_MONTH = "|".join(MONTHS)
CURRENCY = r"(?:HK\$|US\$|NT\$|RMB|HKD|USD|CNY|£|€|\$|￥|¥)"
AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# A figure that stands by itself: no part of a date, a time, a range of years, a code or a longer number.
FIGURE = (
    rf"(?<![\d.,:/A-Za-z$\-–+])(?P<cur>{CURRENCY} ?)?(?P<num>{AMOUNT})(?P<pct>%|％)?"
    rf"(?![\d,.]*\d|[:/]|\s?(?:{_MONTH})\b|\s?[ap]\.?m\b|[年月時时點点]|日(?![內内以起前後后])|"
    rf"[A-Za-z]|(?:st|nd|rd|th)\b)"
)


def _as_before(value: float, old: str) -> str:
    """Write a value with the commas and decimals of the figure it replaces."""
    decimals = len(old.split(".")[1]) if "." in old else 0
    commas = "," in old or (value >= 1000 and len(old) <= 3)
    return f"{value:,.{decimals}f}" if commas else f"{value:.{decimals}f}"


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def figures_in(text: str) -> set[float]:
    """Give every number a text names, to keep a changed figure from being right by chance."""
    return {_value(n) for n in re.findall(AMOUNT, text)}


def _rebuilt(match: re.Match[str], new: str) -> str:
    return (match.group("cur") or "") + new + (match.group("pct") or "")


def _is_year(match: re.Match[str]) -> bool:
    plain = not match.group("cur") and not match.group("pct")
    return plain and re.fullmatch(r"(?:1[0-9]|20)\d\d", match.group("num")) is not None


def is_figure(match: re.Match[str], site: Site) -> bool:
    """Tell a fact's figure from a reference or a year."""
    before = site.sentence[: match.start()]
    named = re.search(rf"(?:{_MONTH}|[（(][a-z]?|\bto|至|第)\s?$", before) is not None
    after = site.sentence[match.end() :]
    ranged = (
        re.match(r"\s?[歲岁日天%級级]?(?:（[^）]*）)?(?:至|–|-| to )|\s?\([a-z]+\) to |（[^）]*）至", after) is not None
    )
    fund = re.match(r"[歲岁][後后]基金| Plus Fund", after) is not None
    footnote = (
        re.search(r"[a-z]{3} $", before) is not None
        and re.match(r" (?:of|by|is|are|as|with|which|from|that)\b", after) is not None
    )
    cited = re.match(r"[所節节條条及]|\s?(?:above|below)\b", after) is not None and "." in match.group("num")
    of_month = before.endswith("月") and after.startswith("日")
    all_day = match.group("num") == "24" and re.match(r"[小-]?[時时]?[- ]?(?:小時|小时|hours?)", after) is not None
    return site.free(match) and not (
        _is_year(match) or named or ranged or fund or footnote or cited or of_month or all_day
    )


def _is_percentage(match: re.Match[str], site: Site) -> bool:
    return bool(match.group("pct"))


def _is_money(match: re.Match[str], site: Site) -> bool:
    after = site.sentence[match.end() :]
    return (
        bool(match.group("cur"))
        or re.match(r"\s?(?:港元|美元|元|人民幣|人民币|[萬万億亿]元|Hong Kong dollars)", after) is not None
    )


def _new_digit(match: re.Match[str], site: Site) -> str | None:
    """Change one digit, as a slip of the pen does."""
    text = match.group("num")
    places = [i for i, c in enumerate(text) if c.isdigit() and (c != "0" or "." in text or len(text) == 1)]
    taken = figures_in(site.evidence)
    for _ in range(12):
        place = site.rng.choice(places)
        digit = site.rng.choice([d for d in "123456789" if d != text[place]])
        new = text[:place] + digit + text[place + 1 :]
        if _value(new) not in taken:
            return _rebuilt(match, new)
    return None


def _scaled(factors: tuple[float, ...]) -> Replacement:
    """Make a replacement that multiplies the figure by one of the factors."""

    def scale(match: re.Match[str], site: Site) -> str | None:
        old = match.group("num")
        factor = site.rng.choice(factors)
        value = _value(old) * factor
        new = _as_before(value, old)
        too_big = bool(match.group("pct")) and value > 100
        exact = abs(_value(new) - value) < 1e-9 and value > 0
        return _rebuilt(match, new) if exact and not too_big and _value(new) not in figures_in(site.evidence) else None

    return scale


def _transposed(match: re.Match[str], site: Site) -> str | None:
    """Change two digits about (15 to 51)."""
    text = match.group("num")
    pairs = [
        i for i in range(len(text) - 1) if text[i : i + 2].isdigit() and text[i] != text[i + 1] and text[i + 1] != "0"
    ]
    if not pairs:
        return None
    i = site.rng.choice(pairs)
    new = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    usable = _value(new) not in figures_in(site.evidence) and not new.startswith("0,") and not re.match(r"0\d", new)
    return _rebuilt(match, new) if usable else None


_LIKELY = {
    2: (3, 4),
    3: (2, 5),
    5: (3, 7, 10),
    7: (5, 10, 14),
    10: (7, 15, 20),
    12: (6, 10, 18, 24),
    14: (7, 10, 21, 28),
    21: (14, 28, 30),
    28: (14, 21),
    30: (14, 15, 21, 45),
    40: (30, 45, 60),
    45: (30, 60),
    60: (30, 45, 65, 90),
    65: (55, 60, 70),
    90: (30, 60, 120),
    180: (90, 120, 365),
    365: (180, 360),
    24: (12, 36, 48),
    36: (12, 24, 48),
}


def _likely(match: re.Match[str], site: Site) -> str | None:
    """Put the figure a reader would expect elsewhere (14 for 7 days)."""
    if match.group("cur") or match.group("pct") or "." in match.group("num") or "," in match.group("num"):
        return None
    free_ones = [n for n in _LIKELY.get(int(match.group("num")), ()) if n not in figures_in(site.evidence)]
    return str(site.rng.choice(free_ones)) if free_ones else None


_NOUN = re.compile(r"\s?(?:[A-Za-z]+|[個个]?[\u4e00-\u9fff])")


def _class_of(match: re.Match[str], text: str) -> tuple[str, str, str]:
    """Say what a figure counts: its currency, its sign and the word after it."""
    noun = _NOUN.match(text, match.end())
    plain = not match.group("cur") and not match.group("pct")
    return (
        (match.group("cur") or "").strip(),
        match.group("pct") or "",
        noun.group().strip().rstrip("s") if noun and plain else "",
    )


def _neighbour(match: re.Match[str], site: Site) -> str | None:
    """Put the figure of another statement of the evidence here: it has been read, but of the wrong thing."""
    own = _class_of(match, site.sentence)
    if own == ("", "", ""):
        return None
    outside = site.evidence.replace(site.sentence, " ")
    here = Site(outside, outside, site.rng)
    others = {
        m.group("num") for m in re.finditer(FIGURE, outside) if is_figure(m, here) and _class_of(m, outside) == own
    }
    inside = figures_in(site.sentence)
    usable = sorted(n for n in others if _value(n) not in inside)
    return _rebuilt(match, site.rng.choice(usable)) if usable else None


def _exchanged(match: re.Match[str], site: Site) -> str | None:
    """Let the first two unlike figures of one class change places."""
    found = [m for m in re.finditer(FIGURE, match.group()) if is_figure(m, Site(match.group(), "", site.rng))]
    if len(found) < 2:
        return None
    text = match.group()
    for first, second in itertools.pairwise(found):
        alike = _class_of(first, text)[1:] == _class_of(second, text)[1:] and bool(first.group("cur")) == bool(
            second.group("cur")
        )
        between = text[first.end() : second.start()]
        listed = re.fullmatch(r"\s*(?:,|、|and|or|或|及|和|to|–|-|至)\s*", between) is not None
        apart = len(between) > (3 if re.search(r"[\u4e00-\u9fff]", text) else 12)
        if alike and apart and not listed and _value(first.group("num")) != _value(second.group("num")):
            a, b = first.span("num"), second.span("num")
            return text[: a[0]] + second.group("num") + text[a[1] : b[0]] + first.group("num") + text[b[1] :]
    return None


def figure_operators(language: str) -> list[Operator]:
    """Give the operators on figures for one language."""

    def figure(name: str, replacement: Replacement, *conditions: Condition) -> Operator:
        return rule(f"{name}-{language}", "number", language, FIGURE, replacement, both((is_figure, *conditions)))

    phone = r"(?<=\+852 )\d{4} \d{3}\d|(?<![\d-])\b[23]\d{3} \d{3}\d\b"
    return [
        figure("digit", _new_digit),
        figure("percentage-digit", _new_digit, _is_percentage),
        figure("money-digit", _new_digit, _is_money),
        figure("tenfold", _scaled((10, 0.1))),
        figure("money-size", _scaled((10, 0.1, 100)), _is_money),
        figure("percentage-point", _scaled((10, 0.1, 2, 0.5)), _is_percentage),
        figure("doubled", _scaled((2, 0.5, 1.5))),
        figure("transposed", _transposed),
        figure("likely", _likely),
        figure("neighbour", _neighbour),
        rule(f"exchanged-{language}", "number", language, r"^.+$", _exchanged),
        rule(f"phone-{language}", "number", language, phone, _phone),
    ]


def _phone(match: re.Match[str], site: Site) -> str:
    """Change the last digit of a telephone number."""
    return match.group()[:-1] + str((int(match.group()[-1]) + site.rng.randint(1, 9)) % 10)
