"""Logs: constant events and ids get through, nobody's words do."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from app.logs import configure_logs

WORDS = "my HKID is A123456(3)"


@pytest.fixture(autouse=True)
def restored() -> object:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_with_ids_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)
    structlog.get_logger().info("answer.recorded", answer_id="a1", duration_ms=12.5)
    [line] = lines(capsys)
    assert (line["event"], line["answer_id"], line["duration_ms"], line["level"]) == (
        "answer.recorded",
        "a1",
        12.5,
        "info",
    )


@pytest.mark.parametrize(
    "fields",
    [{"question": WORDS}, {"text": WORDS}, {"reason": WORDS * 20}, {"status": [WORDS]}, {"role": {"q": WORDS}}],
)
def test_fields_that_may_hold_words_are_dropped_and_counted(
    capsys: pytest.CaptureFixture[str], fields: dict[str, object]
) -> None:
    configure_logs("info", json=True)
    structlog.get_logger().info("answer.recorded", **fields)
    [line] = lines(capsys)
    assert WORDS not in json.dumps(line)
    assert line["dropped"] == 1


def test_an_exception_is_named_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)
    try:
        raise ValueError(WORDS)
    except ValueError:
        structlog.get_logger().exception("answer.failed", answer_id="a1")
    [line] = lines(capsys)
    assert str(line["exception"]).startswith("ValueError at test_an_exception_is_named_without_its_message")
    assert WORDS not in json.dumps(line)


def test_a_library_that_logs_words_shows_its_template_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("library").exception("failed on %s", WORDS)
        logging.getLogger("library").warning(f"formatted {WORDS}")
    printed = capsys.readouterr().err
    assert WORDS not in printed
    assert "failed on %s" in printed
    assert "ValueError" in printed


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning", json=True)
    structlog.get_logger().info("answer.recorded")
    assert capsys.readouterr().err == ""
