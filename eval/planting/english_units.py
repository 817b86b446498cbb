"""English errors of units: currencies, lengths of time, rates, percentages for amounts."""

from __future__ import annotations

import re

from eval.planting.english_values import QUANTITY, unused
from eval.planting.figures import AMOUNT
from eval.planting.operators import Operator, Replacement, Site, chooser, free, rule


def _plural(match: re.Match[str], site: Site, units: tuple[str, ...]) -> str | None:
    """Put another unit of time in the same number."""
    old = match.group().rstrip("s")
    count = "s" if match.group().endswith("s") else ""
    options = [u for u in units if u != old]
    left = [u + count for u in options if u not in site.sentence]
    return site.rng.choice(left) if left else None


def _time_unit(match: re.Match[str], site: Site) -> str | None:
    near = {
        "second": ("minute", "hour"),
        "minute": ("second", "hour"),
        "hour": ("minute", "day"),
        "day": ("week", "month", "hour"),
        "week": ("day", "month"),
        "month": ("week", "year", "day"),
        "year": ("month", "week"),
    }
    return _plural(match, site, near[match.group().rstrip("s")])


def _flat(match: re.Match[str], site: Site) -> str | None:
    """Turn a percentage into a flat amount."""
    return f"HK${match['n']}" if float(match["n"].replace(",", "")) < 100 else None


_CURRENCIES = {
    "HK$": ("US$", "RMB", "£"),
    "US$": ("HK$", "RMB", "€"),
    "RMB": ("HK$", "US$"),
    "HKD": ("USD", "CNY"),
    "USD": ("HKD",),
    "Hong Kong dollars": ("US dollars", "renminbi"),
    "US dollars": ("Hong Kong dollars", "renminbi"),
    "renminbi": ("Hong Kong dollars", "US dollars"),
    "US dollar": ("Hong Kong dollar",),
    "Hong Kong dollar": ("US dollar",),
}


_RATES = {
    "a month": ("a year", "a week", "a day"),
    "a year": ("a month", "a quarter"),
    "per month": ("per year", "per week"),
    "per year": ("per month",),
    "per annum": ("per month", "per quarter"),
    "each month": ("each year", "each week"),
    "each year": ("each month", "each quarter"),
    "every month": ("every year", "every week"),
    "every year": ("every month",),
    "monthly": ("yearly", "weekly"),
    "annual": ("monthly", "quarterly"),
    "annually": ("monthly", "weekly"),
    "quarterly": ("monthly", "yearly"),
    "daily": ("monthly", "weekly"),
    "a day": ("a week", "a month"),
    "per day": ("per month", "per week"),
    "a week": ("a month",),
    "each quarter": ("each year",),
    "every quarter": ("every year",),
    "weekly": ("monthly",),
    "calendar year": ("calendar month", "calendar quarter"),
    "policy year": ("policy month", "calendar month"),
    "calendar month": ("calendar year", "calendar week"),
    "scheme year": ("scheme quarter",),
    "tax year": ("month",),
}


def _is_rate(match: re.Match[str], site: Site) -> bool:
    """Take 'a month' as a rate only where it follows a figure or a count of times."""
    before = site.sentence[: match.start()]
    if re.match(r" (?:flat|plan|statement|investment)", site.sentence[match.end() :]):
        return False
    if match.group()[:2] == "a ":
        return re.search(r"(?:\d\)?%?|\b(?:once|twice|times|charged|dollars|free|per cent)) $", before) is not None
    return True


def _rate_unit(match: re.Match[str], site: Site) -> str | None:
    """Turn a rate's period into another that the sentence does not also name."""
    options = [o for o in _RATES[match.group().lower()] if o not in site.sentence]
    if not options:
        return None
    new = site.rng.choice(options)
    return new.capitalize() if match.group()[0].isupper() else new


def _kind_of_day(match: re.Match[str], site: Site) -> str | None:
    table = {
        "business day": ("calendar day",),
        "working day": ("calendar day",),
        "calendar day": ("working day", "business day"),
        "trading day": ("calendar day",),
        "dealing day": ("calendar day",),
    }
    new = site.rng.choice(table[match.group()])
    return None if new in site.evidence else new


def _plain_days(match: re.Match[str], site: Site) -> str | None:
    """Call plain days working days; not where the evidence counts in working days at the same place."""
    return (
        None
        if re.search(r"working day|business day", site.evidence)
        else site.rng.choice(("working days", "business days"))
    )


def _currency(match: re.Match[str], site: Site) -> str | None:
    """Put another currency, not one in which the sentence gives the same figure."""
    options = [c for c in _CURRENCIES[match.group()] if c not in site.sentence or site.rng.random() < 0.2]
    after = re.match(r"[\d,.]+", site.sentence[match.end() :])
    left = [c for c in options if after is None or c + after.group() not in site.evidence]
    return site.rng.choice(left) if left else None


def _counted_unit(match: re.Match[str], site: Site) -> str | None:
    """Change a unit of time that a figure or number word stands before."""
    before = site.sentence[: match.start()]
    return _time_unit(match, site) if re.search(rf"(?:\b{QUANTITY}|of age|\d) $", before) else None


def _rate_unit_where(match: re.Match[str], site: Site) -> str | None:
    return _rate_unit(match, site) if _is_rate(match, site) else None


def _per(match: re.Match[str], site: Site) -> str | None:
    return unused(site, ["per day", "per month", "per year"])


def english_units() -> list[Operator]:
    """Give the operators on units."""

    def unit(name: str, pattern: str, new: Replacement) -> Operator:
        return rule(name, "unit", "en", pattern, new, free)

    return [
        unit(
            "currency",
            r"(?:HK\$|US\$|RMB)(?=\d)|\bHKD(?= ?\d)|\b(?:Hong Kong dollars?|US dollars?|renminbi)\b",
            _currency,
        ),
        unit("time-unit", r"(?<= )(?:seconds|minutes|hours|days|weeks|months|years)\b", _counted_unit),
        unit("kind-of-day", r"\b(?:business|working|calendar|trading|dealing) day(?=s\b)", _kind_of_day),
        unit("plain-days", r"(?<=\d )days\b(?!['’])", _plain_days),
        unit("rate", rf"\b(?:{'|'.join(sorted(_RATES, key=len, reverse=True))})\b", _rate_unit_where),
        unit("flat", rf"(?<![\d.–-])(?P<n>{AMOUNT})%(?! to|–|-)", _flat),
        unit(
            "scale",
            r"(?<=\d )(?:million|billion|thousand)\b",
            chooser({"million": ("billion", "thousand"), "billion": ("million",), "thousand": ("million",)}),
        ),
        unit(
            "each",
            r"\bper (?:transaction|cheque|transfer|account|person|copy|item|trip|event|journey|insured person|visit)\b",
            _per,
        ),
    ]
