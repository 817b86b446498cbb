"""What can go wrong with staff accounts. A refused login is no error: see ``types.LoginRefused``.

StaffError
├── AccountExists      the user name is taken
├── AccountNotFound    no such account
├── DemoAccount        it is a demo account, which is made and closed by itself
├── NameRefused        no user name
├── NameAsPassword     the password is little more than the user name
└── WeakPassword       the password is too short
"""

from __future__ import annotations


class StaffError(Exception):
    """The root of this tree."""


class AccountExists(StaffError):
    """The user name is taken."""

    def __init__(self, username: str) -> None:
        super().__init__(f"there is an account {username!r} already; choose another user name")


class AccountNotFound(StaffError):
    """No such account."""

    def __init__(self, account: str) -> None:
        super().__init__(f"there is no staff account {account!r}; `candour staff list` shows them")


class DemoAccount(StaffError):
    """Its password is public and its roles come back with every start in demo mode: nothing is given to it."""

    def __init__(self, username: str) -> None:
        super().__init__(f"{username!r} is a demo account, open in demo mode only; add an account of their own")


class NameRefused(StaffError):
    """Not in the form of a user name, or kept for something that is no person."""

    def __init__(self, username: str, why: str) -> None:
        super().__init__(f"{username!r} can't be a user name: {why}")


class NameAsPassword(StaffError):
    """The first guess of anybody who knows the name (NIST SP 800-63B names it among the words to refuse)."""

    def __init__(self, min_chars: int) -> None:
        super().__init__(
            f"the password is little more than the user name; use at least {min_chars} characters beside it, "
            "or leave it out"
        )


class WeakPassword(StaffError):
    """Too short (NIST SP 800-63B: length matters, composition rules don't)."""

    def __init__(self, min_chars: int) -> None:
        super().__init__(f"the password is too short; use at least {min_chars} characters, a phrase is best")
