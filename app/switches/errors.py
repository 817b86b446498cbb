"""What can go wrong with switches and topics.

SwitchesError
├── SwitchUnknown       no such topic or language here, or a subject where there is none
├── SwitchIsOn          it was turned on before
├── SwitchIsOff         it is not on: lifted before, or never set
├── LiftNotAsked        nobody asked for it to be lifted yet
├── LiftAsked           somebody asked for it to be lifted before
├── SecondDeciderNeeded  whoever asks for a lift or a change can't confirm it
├── SwitchReasonNeeded  every step says why, in a few sentences
├── TopicWrong          a topic's fields are not what they may be
├── ChangeWaits         the topic has a change that waits for a second person
├── ChangeNotFound      no such change waits in this institution
├── ReadOnly            the switch is on: nothing staff maintain may change now
└── SwitchesChanged     a switch was turned while the answer was made; nothing was stored
"""

from __future__ import annotations

from app.db.errors import RowNotFound
from app.switches.types import MAX_REASON_CHARACTERS, Switch


class SwitchesError(Exception):
    """The root of this tree."""


class SwitchUnknown(SwitchesError):
    """There is nothing to switch."""

    def __init__(self, switch: Switch, known: tuple[str, ...]) -> None:
        choices = f"choose one of {', '.join(known)}" if known else "leave the name out"
        super().__init__(f"there is no switch {str(switch)!r} here; {choices}")


class SwitchIsOn(SwitchesError):
    """Turning it on again would hide who did it first, and why."""

    def __init__(self, switch: Switch) -> None:
        super().__init__(f"the switch {switch} is on already; look who set it, and why")


class SwitchIsOff(SwitchesError):
    """There is nothing to lift."""

    def __init__(self, switch: Switch | str) -> None:
        super().__init__(f"the switch {switch} is not on; look at the list again")


class LiftNotAsked(SwitchesError):
    """A lift needs two people, one after the other."""

    def __init__(self, switch: Switch) -> None:
        super().__init__(f"nobody has asked for the switch {switch} to be lifted; ask for it first")


class LiftAsked(SwitchesError):
    """One wish is enough."""

    def __init__(self, switch: Switch) -> None:
        super().__init__(f"somebody has asked for the switch {switch} to be lifted; a second person confirms it")


class SecondDeciderNeeded(SwitchesError):
    """Four eyes."""

    def __init__(self, what: str) -> None:
        super().__init__(f"you asked for {what} yourself; another compliance head or operator has to decide it")


class SwitchReasonNeeded(SwitchesError):
    """A switch without a reason helps nobody who comes later."""

    def __init__(self) -> None:
        super().__init__(f"say why, in at most {MAX_REASON_CHARACTERS} characters")


class TopicWrong(SwitchesError):
    """A topic that covers nothing, or a name that can't be one."""

    def __init__(self, topic: str, fault: str) -> None:
        super().__init__(f"topic {topic!r}: {fault}")


class ChangeWaits(SwitchesError):
    """Two proposals for one topic would overwrite one another."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic!r} has a change that waits for a second person; decide it first")


class ChangeNotFound(SwitchesError, RowNotFound):
    """No proposal of this id waits here."""

    def __init__(self, change_id: str) -> None:
        super().__init__(f"no change {change_id!r} waits here; it was decided, or the id is wrong")


class ReadOnly(SwitchesError):
    """What staff maintain stays as it is."""

    def __init__(self) -> None:
        super().__init__(
            "read-only is switched on: documents and rules can't be changed now; Switches in the console says why"
        )


class SwitchesChanged(SwitchesError):
    """The answer must not be released: route it again by what is switched now."""

    def __init__(self) -> None:
        super().__init__("a switch was turned while the answer was made; nothing was recorded, answer again")
