"""A benign question, passage and answer that must pass every rail: a rail that blocks everything would show here."""

from __future__ import annotations

from dataclasses import replace

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

ID = "canary"
_TEXT = "The branch opens at nine on weekdays."
_NAME = Wording("Canary", "金絲雀", "金丝雀")
_INSTITUTION = Institution(
    id=ID,
    names=_NAME,
    sectors=(Sector.BANKING,),
    licences=frozenset(),
    languages=tuple(Language),
    sites=(),
    contact=Contact("+852 2000 0000", "canary@bank.example", _NAME),
    brand=Brand("#000000", "#000000"),
    privacy_document=None,
)
_CITATION = Citation(
    key=VersionKey("canary", "1"),
    parse_sha256="",
    span=Span(0, len(_TEXT)),
    quote=_TEXT,
    page=None,
    heading=None,
    anchor=None,
)


def of(institution_id: str) -> tuple[RailContext, RailContext, RailContext]:
    """The question, the passage found and the answer, asked of an institution of this id."""
    institution = replace(_INSTITUTION, id=institution_id)
    asked = RailContext(institution, Language.EN, "When does the branch open on weekdays?")
    answered = replace(asked, text=_TEXT, question=asked.text, claims=(Claim(_TEXT, (_CITATION,)),))
    return asked, replace(asked, passages=(_TEXT,)), answered


QUESTION, FOUND, ANSWER = of(ID)
