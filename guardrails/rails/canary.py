"""A benign question and a sound answer that must pass every rail: a rail that blocks everything would show here."""

from __future__ import annotations

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

_TEXT = "The branch opens at nine on weekdays."
_NAME = Wording("Canary", "金絲雀", "金丝雀")
_INSTITUTION = Institution(
    id="canary",
    names=_NAME,
    sectors=(Sector.BANKING,),
    licences=frozenset(),
    languages=tuple(Language),
    sites=(),
    contact=Contact("+852 2000 0000", "canary@bank.example", _NAME),
    brand=Brand("#000000", "#000000"),
    privacy_document=None,
)
CITATION = Citation(
    key=VersionKey("canary", "1"),
    parse_sha256="",
    span=Span(0, len(_TEXT)),
    quote=_TEXT,
    page=None,
    heading=None,
    anchor=None,
)
QUESTION = RailContext(_INSTITUTION, Language.EN, "When does the branch open on weekdays?")
ANSWER = RailContext(
    _INSTITUTION, Language.EN, _TEXT, question=QUESTION.text, claims=(Claim(_TEXT, (CITATION,)),), disclosures=()
)
