"""Logs: constant events and ids get through, nobody's words do."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from app.logs import REPEATS_S, Repeats, configure_logs

WORDS = "my HKID is A123456(3)"


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> object:
    handlers, level = logging.root.handlers[:], logging.root.level
    for name in ("uvicorn", "uvicorn.error"):  # a server that another test ran may have given them handlers of its own
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
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


def test_what_is_said_again_within_a_minute_is_counted_and_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)
    for _ in range(5):
        structlog.get_logger().error("database.away", error="OperationalError")
        structlog.get_logger().error("chat.handler.failed", conversation_id="c-1", error="DatabaseAway")
    structlog.get_logger().error("chat.handler.failed", conversation_id="c-2", error="DatabaseAway")
    for _ in range(2):
        structlog.get_logger().info("answer.recorded", answer_id="a1")
    assert [line["event"] for line in lines(capsys)] == [
        *("database.away", "chat.handler.failed", "chat.handler.failed"),
        *("answer.recorded", "answer.recorded"),
    ]


def test_after_a_minute_it_is_written_again_with_how_often_it_was_not() -> None:
    now = 100.0
    repeats = Repeats(lambda: now)
    assert [repeats.hidden_since("away") for _ in range(3)] == [0, None, None]
    now += REPEATS_S
    assert repeats.hidden_since("away") == 2
    assert repeats.hidden_since("another") == 0


def test_a_library_that_repeats_itself_is_one_line_and_the_queue_prints_no_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs("info", json=True)
    from dbos._logger import init_logger

    init_logger()
    for _ in range(3):
        try:
            raise ValueError(WORDS)
        except ValueError:
            logging.getLogger("dbos").exception(f"Exception encountered: {WORDS}")
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert "logger=dbos" in printed
    assert WORDS not in printed


def test_what_the_system_says_of_a_port_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", json=True)
    logging.getLogger("uvicorn.error").error(OSError(98, "address already in use"))
    assert "address already in use" in capsys.readouterr().err
