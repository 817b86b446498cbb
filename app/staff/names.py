"""What a user name looks like: two that look alike on a screen are never two people."""

from __future__ import annotations

import re

from app.staff.errors import NameRefused

_FORM = re.compile("[a-z0-9][a-z0-9._@-]{0,62}[a-z0-9]")
DEMO_PREFIX = "demo-"
NO_PERSON = frozenset({"cli", "reindex", "retention", "samples"})  # histories name these where a person would stand


def check_username(username: str, *, demo: bool) -> None:
    """Whether a new account may have this name; ``demo``: it is a demo account.

    Raises:
        NameRefused: it may not.
    """
    if not _FORM.fullmatch(username):
        raise NameRefused(
            username, "use 2 to 64 of a-z, 0-9, dot, hyphen, underscore and @, with a letter or figure at both ends"
        )
    if username in NO_PERSON:
        raise NameRefused(username, "histories show it for what no person did; choose another")
    if username.startswith(DEMO_PREFIX) and not demo:
        raise NameRefused(username, f"{DEMO_PREFIX} begins the names of demo accounts; choose another")
