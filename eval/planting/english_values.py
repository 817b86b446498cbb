"""English errors of numbers in words and of dates."""

from __future__ import annotations

import calendar
import re

from eval.planting.figures import MONTHS, figure_operators
from eval.planting.operators import Operator, Replacement, Site, chooser, free, rule

WORDS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
_MONTH = "|".join(MONTHS)
_DATE = rf"(?P<d>\d{{1,2}}) (?P<m>{_MONTH})(?P<y> \d{{4}})?"
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_COUNTED = (
    r"(?= (?:business |working |calendar |trading |dealing |or |and |of the |more |different |consecutive |full |new )*"
    r"(?:[a-z]+s|dealing|percent|per cent|hundred|thousand|million)\b)"
)
QUANTITY = rf"(?:\d+|{'|'.join(WORDS[2:])})"
_UNIT = r"(?:second|minute|hour|day|week|month|year)"
_ADJ = r"(?:(?:business|working|calendar|trading|dealing) )?"


def _number_word(match: re.Match[str], site: Site) -> str | None:
    """Put another number word that the evidence does not use."""
    word = match.group().lower()
    value = WORDS.index(word) if word in WORDS else TENS[word]
    near = [
        v for v in (value - 2, value - 1, value + 1, value + 2, value * 2, value + 5) if 2 <= v <= 20 and v != value
    ]
    options = [WORDS[v] for v in near if not re.search(rf"\b(?:{WORDS[v]}|{v})\b", site.evidence, re.IGNORECASE)]
    if not options:
        return None
    new = site.rng.choice(options)
    return new.capitalize() if match.group()[0].isupper() else new


def _moved_day(match: re.Match[str], site: Site) -> str | None:
    """Move the day of a date within its month."""
    days = [d for d in (int(match["d"]) + n for n in (-10, -7, -2, -1, 1, 2, 7, 10, 14)) if 1 <= d <= 28]
    return unused(site, [f"{d} {match['m']}{match['y'] or ''}" for d in days])


def _moved_month(match: re.Match[str], site: Site) -> str | None:
    """Move a date to a month that has its day."""
    months = [
        m for m in MONTHS if m != match["m"] and int(match["d"]) <= calendar.monthrange(2025, MONTHS.index(m) + 1)[1]
    ]
    return unused(site, [f"{match['d']} {m}{match['y'] or ''}" for m in months])


def _moved_year(match: re.Match[str], site: Site) -> str | None:
    """Move a year by a little; a year the evidence names is left alone."""
    return unused(site, [str(int(match.group()) + n) for n in (-10, -2, -1, 1, 2, 3)])


def unused(site: Site, options: list[str]) -> str | None:
    """Choose a value that stands nowhere in the evidence."""
    left = [o for o in options if o not in site.evidence]
    return site.rng.choice(left) if left else None


def _other_date(match: re.Match[str], site: Site) -> str | None:
    """Put another date of the evidence in this one's place."""
    if not match["y"]:
        return None
    dates = {m.group() for m in re.finditer(_DATE, site.evidence) if m["y"]} - {
        m.group() for m in re.finditer(_DATE, site.sentence)
    }
    return site.rng.choice(sorted(dates)) if dates else None


def _month_name(match: re.Match[str], site: Site) -> str | None:
    long = re.match(r" (?:29|30|31)\b", site.sentence[match.end() :])
    fitting = [
        m for m in MONTHS if m != "May" and (long is None or calendar.monthrange(2025, MONTHS.index(m) + 1)[1] == 31)
    ]
    return unused(site, fitting)


def _weekday(match: re.Match[str], site: Site) -> str | None:
    return unused(site, _DAYS)


def _clock(match: re.Match[str], site: Site) -> str | None:
    """Move a time of day by an hour or so."""
    hour = int(match["h"])
    options = [f"{h}{match['rest']}" for h in (hour - 2, hour - 1, hour + 1, hour + 2) if 1 <= h <= 11]
    return unused(site, options)


def _half_day(match: re.Match[str], site: Site) -> str:
    return {"a": "p", "p": "a"}[match.group()[0]] + match.group()[1:]


def _deadline(match: re.Match[str], site: Site) -> str | None:
    """Change the length of a time limit, in figures or in words as it was."""
    old = match["n"]
    value = int(old) if old.isdigit() else WORDS.index(old.lower())
    choices = [v for v in (3, 5, 7, 10, 14, 15, 21, 28, 30, 45, 60, 90, 120, 180, 2, 4, 6, 12, 18) if v != value]
    usual = [v for v in choices if value / 4 <= v <= value * 4 and (old.isdigit() or v < 20)]
    free_ones = [
        v for v in usual if not re.search(rf"\b(?:{v}|{WORDS[v] if v < 20 else v})\b", site.evidence, re.IGNORECASE)
    ]
    if not free_ones or value < 2:
        return None
    new = site.rng.choice(free_ones)
    return str(new) if old.isdigit() else WORDS[new]


def english_values() -> list[Operator]:
    """Give the operators on number words and dates."""

    def number(name: str, pattern: str, new: Replacement, flags: int = 0) -> Operator:
        return rule(name, "number", "en", pattern, new, free, flags)

    def date(name: str, pattern: str, new: Replacement) -> Operator:
        return rule(name, "date", "en", pattern, new, free)

    times = {
        "once": ("twice", "three times"),
        "twice": ("once", "three times"),
        "half": ("a quarter", "a third"),
        "double": ("triple",),
        "one third": ("two thirds",),
        "one-third": ("two-thirds",),
        "first": ("second", "third"),
    }
    words = "|".join([*WORDS[2:], *TENS])
    return [
        *figure_operators("en"),
        number("number-word", rf"\b(?:{words})\b{_COUNTED}(?!-)", _number_word, re.IGNORECASE),
        number(
            "times",
            r"\b(?:once|twice)(?= (?:a|per|each|every|in|only|for)\b)|\bhalf(?= of| the)|\bdouble\b|\bone[- ]third\b",
            chooser(times),
        ),
        number(
            "ordinal",
            r"\bfirst(?= (?:day|two|three|four|year|month|switch|withdrawal|reminder|copy|[a-z]+ (?:day|year)))",
            chooser(times),
        ),
        date("day", rf"\b{_DATE}", _moved_day),
        date("month", rf"\b{_DATE}", _moved_month),
        date("date-of-another", rf"\b{_DATE}", _other_date),
        date("year", r"(?<![\d,.$/–-])\b(?:19|20)\d\d\b(?![,.]\d|-|/)", _moved_year),
        date("month-name", rf"(?<![\d] )\b(?:{'|'.join(m for m in MONTHS if m != 'May')})\b", _month_name),
        date("weekday", rf"\b(?:{'|'.join(_DAYS)})\b", _weekday),
        date("clock", r"\b(?P<h>\d{1,2})(?P<rest>(?::\d\d)? ?[ap]\.?m\b\.?)", _clock),
        date("half-day", r"(?<=\d )[ap](?=\.?m\b)", _half_day),
        date("from-until", rf"\b[Ff]rom(?= {_DATE})(?!.* (?:to|until) \d)", chooser({"from": ("until",)})),
        date("deadline", rf"(?<=within )(?P<n>{QUANTITY})(?= {_ADJ}{_UNIT}s)", _deadline),
        date(
            "period",
            rf"\b(?P<n>{QUANTITY})(?= {_ADJ}{_UNIT}s?['’]? (?:after|before|from|of|prior|notice|"
            rf"following|at|preceding)\b|"
            rf" {_ADJ}{_UNIT}s['’])",
            _deadline,
        ),
        date("noon", r"\bnoon\b", chooser({"noon": ("midnight",)})),
        date("midnight", r"\bmidnight\b", chooser({"midnight": ("noon",)})),
        date(
            "next",
            r"\b(?:next|same)(?= (?:business|working|dealing|trading) day)",
            chooser({"next": ("same", "second"), "same": ("next",)}),
        ),
    ]
