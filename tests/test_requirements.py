"""A part that is missing skips its tests, or fails them where it is required."""

from __future__ import annotations

import pytest

from tests.requirements import REQUIRED, missing


@pytest.mark.parametrize("required", ["", "postgres"])
def test_a_missing_part_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch, required: str) -> None:
    monkeypatch.setenv(REQUIRED, required)
    with pytest.raises(pytest.skip.Exception, match="browser: no Chromium"):
        missing("browser", "no Chromium")


def test_a_missing_part_that_is_required_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRED, "browser,postgres")
    with pytest.raises(pytest.fail.Exception, match="no Chromium"):
        missing("browser", "no Chromium")
