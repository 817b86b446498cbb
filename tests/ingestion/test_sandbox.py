"""A hostile file can cost a bounded time and memory in a process of its own, and never the caller."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingestion import sandbox
from ingestion.errors import FileTooLarge, ParseLimitExceeded, UnreadableFile
from ingestion.parsers.format import Source
from ingestion.parsers.registry import parse
from ingestion.sandbox import ParseLimits, parse_file
from tests.ingestion.printing import Line, pdf

GOOD = pdf([Line(50, 120, "Thirty days of notice are given.")])


def test_gives_the_same_parse_as_the_parser_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(GOOD)
    assert parse_file(path, "x.pdf") == parse_file(GOOD, "x.pdf") == parse(Source("x.pdf", GOOD))


def test_a_refusal_comes_back_as_itself_and_the_child_goes_on() -> None:
    with pytest.raises(UnreadableFile, match=r"bad\.pdf: the PDF is damaged; export it again"):
        parse_file(b"%PDF-1.4 nothing", "bad.pdf")
    assert parse_file(GOOD, "x.pdf").text == "Thirty days of notice are given.\n"


def test_a_file_over_the_limit_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "big.pdf"
    path.write_bytes(b"not a document at all")
    with pytest.raises(FileTooLarge, match=r"big\.pdf: it has .* MB and the limit is"):
        parse_file(path, "big.pdf", ParseLimits(file_bytes=10))


def test_a_file_that_takes_too_long_is_stopped() -> None:
    slow = b"<html><body>" + b"<p>words " * 400_000
    started = time.monotonic()
    with pytest.raises(ParseLimitExceeded, match=r"slow\.html: reading it took longer than 0\.3 seconds"):
        parse_file(slow, "slow.html", ParseLimits(seconds=0.3))
    assert time.monotonic() - started < 5


def test_a_file_after_a_quiet_time_is_watched_again() -> None:
    parse_file(GOOD, "x.pdf")
    time.sleep(3 * sandbox.LOOK_S)  # nobody has to be watched: the watch ends
    with pytest.raises(ParseLimitExceeded, match="took longer"):
        parse_file(b"<html><body>" + b"<p>words " * 400_000, "slow.html", ParseLimits(seconds=0.3))


def test_many_files_at_once_are_each_stopped_by_their_own_limit() -> None:
    slow = b"<html><body>" + b"<p>words " * 400_000

    def refused(seconds: float) -> str:
        with pytest.raises(ParseLimitExceeded) as refusal:
            parse_file(slow, "slow.html", ParseLimits(seconds=seconds))
        return refusal.value.reason

    with ThreadPoolExecutor(2) as pool:
        reasons = list(pool.map(refused, (0.3, 0.6)))
    assert [reason.split()[-2] for reason in reasons] == ["0.3", "0.6"]


def test_a_file_that_takes_too_much_memory_is_refused() -> None:
    heavy = b"words and more words " * 1_000_000
    with pytest.raises(ParseLimitExceeded, match=r"heavy\.txt: reading it takes too much memory; split it"):
        parse_file(heavy, "heavy.txt", ParseLimits(memory_bytes=200 * 2**20))
    assert parse_file(GOOD, "x.pdf").text


def test_more_output_than_allowed_is_refused() -> None:
    with pytest.raises(ParseLimitExceeded, match="more text than is allowed"):
        parse_file(b"words " * 2000, "x.txt", ParseLimits(output_bytes=5000))


def test_a_child_that_dies_costs_one_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    child = sandbox._Child()
    monkeypatch.setattr(sandbox, "_idle", [child])
    os.kill(child._process.pid, 9)
    child._process.wait()
    assert parse_file(GOOD, "x.pdf").text


def test_a_crash_while_reading_is_a_refusal() -> None:
    child = sandbox._Child()
    os.kill(child._process.pid, 9)
    with pytest.raises(UnreadableFile, match=r"x\.pdf: reading it broke the parser"):
        child.parse(GOOD, "x.pdf", ParseLimits())


def test_a_child_is_replaced_after_its_share_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "FILES_PER_CHILD", 1)
    monkeypatch.setattr(sandbox, "_idle", [])
    parse_file(GOOD, "x.pdf")
    assert sandbox._idle == []
