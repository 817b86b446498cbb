"""What can go wrong with review cases.

CasesError
├── CaseNotFound       none of this id in this institution
├── CaseDecided        it was decided before; a decision is never replaced
├── ReasonRequired     a rejection says why
├── ReasonTooLong      a reason is a few sentences, not a file
├── NotReleasable      the held answer may not go out any more
├── SecondReviewerNeeded  two people close it, and this one is not the second
├── OneDecides         one person closes it, so there is nothing to propose
├── NotProposed        the proposal that was looked at does not wait any more
├── EditRefused        what a reviewer wrote in place of a held answer is no answer
│   └── NothingHeld    no answer waits there
├── NotLookedAt        it is not what they were shown the rails' word on
├── NoComplaint        only a complaint is replied to here
├── NeverAnswered      a complaint whose customer heard nothing is not dealt with
└── AnsweredAhead      nobody was answered on a day that is still to come
"""

from __future__ import annotations

from datetime import date

from app.cases.types import MAX_REASON_CHARACTERS, number_of
from app.db.errors import RowNotFound


class CasesError(Exception):
    """The root of this tree."""


class CaseNotFound(CasesError, RowNotFound):
    """No case of this id in this institution."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"there is no review case {case_id!r}; check the id and the institution")


class CaseDecided(CasesError):
    """A decision is never replaced."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {number_of(case_id)} was decided by somebody before; read their decision in the case")


class ReasonRequired(CasesError):
    """A rejection without a reason helps nobody."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"review case {case_id!r} can't be rejected without a reason; write one")


class ReasonTooLong(CasesError):
    """A decision is never changed, so a reason is not cut in silence either."""

    def __init__(self, case_id: str, characters: int) -> None:
        super().__init__(
            f"the reason for review case {case_id!r} has {characters:,} characters, at most {MAX_REASON_CHARACTERS:,} "
            "are kept; shorten it"
        )


class NotReleasable(CasesError):
    """What was right when the answer was made is not so now."""

    def __init__(self, why: str, way_on: str = "don't release it, with a reason, and its customer is told") -> None:
        super().__init__(f"The answer can't be released: {why}. What to do: {way_on}.")


class SecondReviewerNeeded(CasesError):
    """A severe case is closed by two people; whoever proposes it never confirms it."""

    def __init__(self, case_id: str) -> None:
        super().__init__(
            f"Case {number_of(case_id)} is closed by two people: one proposes how, another reviewer or head of "
            "compliance looks at it and confirms or returns it; only whoever proposed it takes it back. Propose it, or "
            "ask a second person."
        )


class OneDecides(CasesError):
    """A second person is asked for only where it matters."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"Case {number_of(case_id)} is closed by one person. Decide it.")


class NotProposed(CasesError):
    """Nobody approves or returns what they did not see."""

    def __init__(self) -> None:
        super().__init__(
            "This proposal does not wait any more: it was taken back, returned or replaced by another. Look at the "
            "case again, then decide."
        )


class EditRefused(CasesError):
    """The message says which sentence, what is wrong with it, and what to do."""


class NothingHeld(EditRefused):
    """There is nothing to release."""

    def __init__(self) -> None:
        super().__init__("No answer waits here to be released, so there is none to edit or to propose.")


class NotLookedAt(CasesError):
    """Nothing goes out that its reviewer has not seen as its customer will read it."""

    def __init__(self) -> None:
        super().__init__("This is not what you were shown; check it again, then release it.")


class NoComplaint(CasesError):
    """A reply goes to whoever complained."""

    def __init__(self, case_id: str) -> None:
        super().__init__(
            f"Case {number_of(case_id)} is no complaint, so nobody waits here for a reply to one. To write to the "
            "customer, take the conversation in Live."
        )


class NeverAnswered(CasesError):
    """Whoever complained is owed an answer, or the file a reason why there was none."""

    def __init__(self, case_id: str) -> None:
        super().__init__(
            f"Nobody has answered the customer of complaint {number_of(case_id)} where they can read it. Reply, or "
            "note how they were answered, and close it then; or write in the note why it needs no answer."
        )


class AnsweredAhead(CasesError):
    """An answer is noted once it was given."""

    def __init__(self, on: date) -> None:
        super().__init__(f"{on.isoformat()} is still to come. Note the answer once it was given, with its day.")
