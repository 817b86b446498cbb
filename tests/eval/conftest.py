"""The small bank for the tests of what measures it."""

from __future__ import annotations

from tests.app.conftest import small_bank, small_bank_home

__all__ = ["small_bank", "small_bank_home"]
