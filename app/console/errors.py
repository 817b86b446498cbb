"""Why the console does not show a page.

ConsoleError
├── LoginNeeded        nobody is logged in, or the session ended
├── NotHere            no such page, or one of an institution the visitor does not belong to: no difference is shown
├── RoleNeeded         the visitor belongs here but holds none of the roles that may do this
├── ForgedForm         the form's token is not the session's
├── FormTooLarge       the request is larger than any form of ours
├── BadForm            a field is missing or wrong; the message is for the person who filled it in
├── Removed            a file was removed for good; the message names the receipt
├── Away               the database does not answer; a moment later it may
└── Broken             a mistake of ours; what it was stands in the log
"""

from __future__ import annotations

from collections.abc import Collection

from app.console.words import WORDS
from app.staff.types import Role


class ConsoleError(Exception):
    """The root of this tree; ``status`` is the response's."""

    status = 500


class LoginNeeded(ConsoleError):
    """Nobody is logged in."""

    status = 401

    def __init__(self) -> None:
        super().__init__("Please log in; your session has ended or was never started.")


class NotHere(ConsoleError):
    """Nothing the visitor may know of."""

    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such page. Check the address, or go back to the overview.")


class RoleNeeded(ConsoleError):
    """The visitor holds none of ``roles`` here."""

    status = 403

    def __init__(self, roles: Collection[Role]) -> None:
        needed = " or ".join(sorted(WORDS(f"staff_{role.value}") for role in roles)).lower()
        super().__init__(f"Needed here: {needed}. Ask your operator if that should be your role.")


class ForgedForm(ConsoleError):
    """The request does not carry the session's token: another site may have sent it."""

    status = 403

    def __init__(self) -> None:
        super().__init__("This form is out of date. Go back, reload the page and send it again.")


class FormTooLarge(ConsoleError):
    """Nothing of the request was read."""

    status = 413

    def __init__(self, limit_bytes: int, *, with_file: bool = True) -> None:
        most = limit_bytes // (1024 * 1024)
        file = f"The file is too large: at most {most} MB. Split it and try again."
        super().__init__(file if with_file else "What was typed is too long. Shorten it and send it again.")


class BadForm(ConsoleError):
    """A field needs another value."""

    status = 422


class Removed(ConsoleError):
    """It was here, and nothing of it is kept."""

    status = 410


class Away(ConsoleError):
    """Nothing can be read or written just now."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "Candour can't reach its records just now. Reload the page in a minute. If you had just pressed a button, "
            "look first whether the step was taken. If it lasts, tell your operator."
        )


class Broken(ConsoleError):
    """Shown for every exception that nobody expected; its words are not."""

    def __init__(self) -> None:
        super().__init__("The step may not have been taken: look before you try again, and tell your operator.")
