"""Staff as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do in an institution; one may hold several."""

    MAKER = "maker"
    CHECKER = "checker"
    REVIEWER = "reviewer"
    HEAD = "head"
    AUDITOR = "auditor"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Account:
    """A person's account; ``memberships`` are its roles by institution. ``demo``: its password is public."""

    id: str
    username: str
    active: bool
    demo: bool
    created_at: datetime
    memberships: Mapping[str, frozenset[Role]]


@dataclass(frozen=True)
class Identity:
    """Who is logged in, and what they are where. An institution they don't belong to is not in ``memberships``."""

    account_id: str
    username: str
    memberships: Mapping[str, frozenset[Role]]
    csrf_token: str = field(repr=False)

    def roles_in(self, institution_id: str) -> frozenset[Role]:
        """The roles held in an institution; none where they don't belong to it."""
        return self.memberships.get(institution_id, frozenset())


@dataclass(frozen=True)
class Ticket:
    """A fresh session: ``token`` goes into the cookie and is stored nowhere, ``csrf_token`` into every form."""

    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    account_id: str
    expires_at: datetime


@dataclass(frozen=True)
class LoginRefused:
    """No session. ``retry_after_s`` above 0: too many attempts, and not before then; else a wrong name or password."""

    retry_after_s: int = 0
