"""Parts that a test needs and that a machine may lack."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRED = "CANDOUR_TEST_REQUIRE"  # parts that must be there, with commas; see scripts/test_packages.sh


def missing(part: str, reason: str) -> NoReturn:
    """Skips the test with the reason, or fails it where ``part`` is required (by ``make test``, where apt works)."""
    required = os.environ.get(REQUIRED, "").split(",")
    if part in required:
        pytest.fail(f"{part} is required here: {reason}", pytrace=False)
    pytest.skip(f"{part}: {reason}")
