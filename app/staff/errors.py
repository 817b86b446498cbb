"""What can go wrong with staff accounts. A refused login is no error: see ``types.LoginRefused``.

StaffError
├── AccountExists      the user name is taken
├── AccountNotFound    no such account
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
        super().__init__(f"there is no staff account {account!r}; check the name")


class WeakPassword(StaffError):
    """Too short (NIST SP 800-63B: length matters, composition rules don't)."""

    def __init__(self, min_chars: int) -> None:
        super().__init__(f"the password is too short; use at least {min_chars} characters, a phrase is best")
