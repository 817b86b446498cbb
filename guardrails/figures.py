"""A figure is of a day: a rate, fee or price whose source says of none is not shown (P07; "no date, no number")."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from guardrails.quantities import CURRENCIES, MONEY, quantities
from guardrails.types import Action, Claim, Finding, Reason, Severity, Stage
from knowledge_bases.schema import VersionKey

FIGURES = CURRENCIES | {MONEY, "percent"}


def quotes_rate(text: str) -> bool:
    """Whether ``text`` holds a percentage, in figures or in words."""
    return any(quantity.unit == "percent" for quantity in quantities(text))


def undated_figures(claims: Iterable[Claim], dated: Callable[[VersionKey], bool]) -> tuple[Finding, ...]:
    """A finding for each claim with an amount or percentage, none of whose cited versions is dated."""
    return tuple(
        Finding("P07", Stage.OUTPUT, Severity.S2, Action.HOLD, Reason.UNVERIFIED, detail="figure of no day")
        for claim in claims
        if any(quantity.unit in FIGURES for quantity in quantities(claim.text))
        and not any(dated(citation.key) for citation in claim.citations)
    )
