"""One part of the product and how it is, told in one sentence that says what to do where it is ill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.foundation import Foundation
from app.institutions.service import InstitutionService


@dataclass(frozen=True)
class Part:
    """One part of the product and how it is."""

    name: str
    well: bool
    says: str


def looked_at(name: str, look: Callable[[], str]) -> Part:
    """The part as ``look`` finds it: what it returns, or the error it raises."""
    try:
        return Part(name, True, look())
    except Exception as error:
        return Part(name, False, f"{type(error).__name__}: {error}")


def institution_ids(foundation: Foundation) -> list[str]:
    """The institutions there are."""
    with foundation.database.read() as session:
        return [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
