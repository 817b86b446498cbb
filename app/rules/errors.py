"""What can go wrong with changes of the rulebook.

RulesError
├── ChangeNotFound     no proposed change of this id here
├── RulebookNotKept    no rulebook of this version was ever in force here
├── NothingChanged     what is proposed says the same as what is in force
├── ChangeRefused      the change does not load, breaks an example, or weakens what must hold
├── ChangeDecided      it was approved, returned or withdrawn before
├── RulebookMoved      another change was approved since it was proposed
├── SecondPersonNeeded whoever proposed a change never approves it
├── LookedElsewhere    the report that was looked at is not that of this change any more
└── ReasonNeeded       a change, and a return, say why, in a few sentences
"""

from __future__ import annotations

from collections.abc import Sequence

from app.db.errors import RowNotFound
from app.rules.types import MAX_REASON_CHARACTERS


class RulesError(Exception):
    """The root of this tree."""


class ChangeNotFound(RulesError, RowNotFound):
    """No change of this id in this scope."""

    def __init__(self, change_id: str) -> None:
        super().__init__(f"there is no proposed change {change_id!r} here; check its id and the institution")


class RulebookNotKept(RulesError, RowNotFound):
    """Nothing is kept under this hash."""

    def __init__(self, version: str) -> None:
        super().__init__(f"no rulebook {version[:12]!r} is kept here; candour rules history lists those that are")


class NothingChanged(RulesError):
    """There is nothing to decide on."""

    def __init__(self) -> None:
        super().__init__("this says what the rulebook says already; change something, or leave it")


class ChangeRefused(RulesError):
    """The changed rulebook may not be; ``problems`` are sentences, the first stands in the message."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"this change can't be sent: {problems[0]}{more}; mend it and look again")
        self.problems = tuple(problems)


class ChangeDecided(RulesError):
    """A decision is never replaced."""

    def __init__(self, change_id: str, state: str) -> None:
        super().__init__(f"change {change_id[:8]} was {state} before; propose it again if it is still wanted")


class RulebookMoved(RulesError):
    """What the change was made from is not what it would replace."""

    def __init__(self, change_id: str) -> None:
        super().__init__(
            f"another change was approved since change {change_id[:8]} was proposed; return it, and propose it again "
            "from the rulebook that holds now"
        )


class SecondPersonNeeded(RulesError):
    """Maker and checker are different people."""

    def __init__(self, change_id: str) -> None:
        super().__init__(f"whoever proposed change {change_id[:8]} can't approve or return it; ask a second person")


class LookedElsewhere(RulesError):
    """Somebody is about to send or approve what they have not seen."""

    def __init__(self) -> None:
        super().__init__("what would fire differently is not what you were shown; look at it again, then decide")


class ReasonNeeded(RulesError):
    """Nobody can decide on, or mend, what gives no reason."""

    def __init__(self) -> None:
        super().__init__(f"say why in 1 to {MAX_REASON_CHARACTERS:,} characters; the reason is kept for good")
