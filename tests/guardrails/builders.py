"""Institutions and contexts for these tests."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from guardrails.disclosure import Occasion
from guardrails.types import Claim, RailContext
from knowledge_bases.schema import (
    Brand,
    Citation,
    Contact,
    Institution,
    Language,
    Sector,
    Span,
    VersionKey,
    Wording,
)

TODAY = date(2026, 11, 22)


def same(text: str) -> Wording:
    return Wording(text, text, text)


def institution(*sectors: Sector, licences: frozenset[str] = frozenset(), **slots: str) -> Institution:
    return Institution(
        id="test",
        names=same("Test"),
        sectors=sectors or (Sector.BANKING,),
        licences=licences,
        languages=tuple(Language),
        sites=(),
        contact=Contact("+852 2000 0000", "care@bank.example", Wording("9 to 5", "九至五", "九到五")),
        brand=Brand("#000000", "#000000"),
        privacy_document=None,
        slots=MappingProxyType({name: same(value) for name, value in slots.items()}),
    )


BANK = institution(Sector.BANKING, licences=frozenset({"dps_member"}), bank="Harbour Bank")
INSURER = institution(Sector.INSURANCE, licences=frozenset({"insurer"}), insurer="Lantern Insurance")
TRUSTEE = institution(Sector.MPF, licences=frozenset({"mpf_trustee"}), trustee="Peak Trustee")


def asked(text: str, language: Language = Language.EN) -> RailContext:
    return RailContext(BANK, language, text)


def occasion(question: str, **changes: object) -> Occasion:
    values: dict[str, object] = {"institution": BANK, "language": Language.EN, "on": TODAY, "question": question}
    return Occasion(**(values | changes))  # type: ignore[arg-type]


def cited(quote: str) -> Citation:
    return Citation(VersionKey("fees", "2026-01"), "0" * 64, Span(0, len(quote)), quote, 1, None, None)


def claim(text: str, *quotes: str) -> Claim:
    return Claim(text, tuple(cited(quote) for quote in quotes))


def stored(citation: Citation) -> str | None:
    """A resolver of a store in which every citation is sound."""
    return citation.quote
