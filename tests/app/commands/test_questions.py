"""``candour ask``, ``search`` and ``replay``: the shapes of DESIGN.md, one sentence an error, exit status 0, 1 or 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL
from tests.questions import ODD, TOO_LONG, UNSTORABLE

HERE = ("--institution", BANK)
ANSWER = {"answer_id", "status", "reason", "language", "text", "sentences", "disclosures", "findings", "confidence"}
CITATION = {"document", "version", "page", "start", "end", "quote"}
WRONG = [
    (("ask", FEE_QUESTION, "--institution", "no-bank"), "no-bank"),
    (("ask", "   ", *HERE), "empty"),
    (("ask", FEE_QUESTION, *HERE, "--as-of", "soon"), "'soon' is not a date"),
    (("ask", FEE_QUESTION, *HERE, "--as-of", "2026-02-30"), "YYYY-MM-DD"),
    (("ask", FEE_QUESTION, *HERE, "--language", "fr"), "'fr' is not a language"),
    (("search", "", *HERE), "empty"),
    (("ask", TOO_LONG["a megabyte"], *HERE), "at most 2000"),
    (("search", TOO_LONG["a megabyte"], *HERE), "at most 2000"),
    (("ask", UNSTORABLE["NUL"], *HERE), "can't be stored"),
    (("ask", UNSTORABLE["half a pair"], *HERE), "can't be stored"),
    (("search", UNSTORABLE["half a pair"], *HERE), "can't be stored"),
    (("search", "fee", "--institution", "no-bank"), "no-bank"),
    (("search", "fee", *HERE, "--as-of", "soon"), "not a date"),
    (("replay", "no-answer", *HERE), "no-answer"),
    (("replay", "no-answer", "--institution", "no-bank"), "no-bank"),
    (("search", "fee", *HERE, "-k", "0"), "-k"),
    (("ask", FEE_QUESTION), "--institution"),
    (("ask",), "Missing argument"),
]


@pytest.mark.parametrize(("words", "says"), WRONG, ids=[ascii(" ".join(words)[:60]) for words, _ in WRONG])
def test_wrong_use_ends_with_two_and_one_sentence(run: Run, words: tuple[str, ...], says: str) -> None:
    ran = run(*words, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("name", list(ODD))
def test_what_asks_nothing_known_is_a_done_answer(run: Run, name: str) -> None:
    ran = run("ask", ODD[name], *HERE, "--json")
    assert (ran.status, ran.json["status"], ran.json["sentences"]) == (0, "refused", [])
    assert run("search", ODD[name], *HERE, "--json").status == 0


def test_an_answer_as_json_has_the_agreed_shape(run: Run) -> None:
    ran = run("ask", FEE_QUESTION, *HERE, "--json")
    assert ran.status == 0
    answer = ran.json
    assert set(answer) >= ANSWER | {"snapshot", "timings_ms"}
    assert (answer["status"], answer["reason"], answer["language"]) == ("quoted", None, "en")
    sentence = answer["sentences"][0]
    assert "HK$720" in sentence["text"]
    assert set(sentence["citations"][0]) >= CITATION
    assert set(answer["disclosures"][0]) == {"rule_id", "text"}
    assert answer["timings_ms"]["total"] > 0


def test_a_refused_answer_is_a_done_answer(run: Run) -> None:
    ran = run("ask", "Which fund should I buy?", *HERE, "--json")
    assert ran.status == 0
    assert (ran.json["status"], ran.json["reason"], ran.json["sentences"]) == ("refused", "advice", [])
    assert set(ran.json["findings"][0]) >= {"rule_id", "stage", "severity", "action"}


def test_an_answer_for_a_reader_names_its_source(run: Run) -> None:
    ran = run("ask", FEE_QUESTION, *HERE)
    assert ran.status == 0
    assert "HK$720" in ran.out
    assert "— Card Fees" in ran.out


def test_as_of_answers_from_what_was_in_force(run: Run) -> None:
    assert "HK$600" in run("ask", FEE_QUESTION, *HERE, "--as-of", "2025-06-01").out


def test_known_at_answers_from_what_had_been_published_then(run: Run) -> None:
    ran = run("ask", FEE_QUESTION, *HERE, "--known-at", "2020-01-01", "--json")
    assert (ran.status, ran.json["reason"]) == (0, "not_found")
    assert run("search", FEE_QUESTION, *HERE, "--known-at", "2020-01-01", "--json").json["passages"] == []
    now = run("ask", FEE_QUESTION, *HERE, "--known-at", "2999-12-31").out
    assert "HK$720" in now
    assert "Only what had been published by 2999-12-31 23:59 (Hong Kong time) was looked at." in now


def test_a_search_as_json_has_the_agreed_shape_and_length(run: Run) -> None:
    ran = run("search", "annual fee", *HERE, "-k", "1", "--json")
    assert ran.status == 0
    (passage,) = ran.json["passages"]
    assert list(passage) == ["rank", "score", "document", "version", "page", "heading", "text", "chunk_id"]
    assert passage["rank"] == 1


def test_a_search_gives_as_many_passages_as_are_asked_for_where_there_are_so_many(run: Run, home: Path) -> None:
    rooms = home / "rooms.md"
    rooms.write_text("".join(f"# Room {n}\n\nA safe in room {n} costs HK${n}00 a year.\n\n" for n in range(1, 13)))
    assert run("ingest", str(rooms), *HERE, "--publish").status == 0
    assert len(run("search", "What does a safe cost?", *HERE, "-k", "12", "--json").json["passages"]) == 12


def test_a_search_is_made_in_the_language_of_its_words(run: Run) -> None:
    chinese = run("search", "信用卡 lost card", *HERE, "--language", "zh-Hant", "--json").json
    assert run("search", "信用卡 lost card", *HERE, "--json").json == chinese
    assert run("search", "信用卡 lost card", *HERE, "--language", "en", "--json").json != chinese


def test_a_search_that_finds_nothing_is_done_too(run: Run) -> None:
    ran = run("search", "annual fee", *HERE, "--as-of", "1990-01-01", "--json")
    assert ran.status == 0
    assert "card-fees" not in {passage["document"] for passage in ran.json["passages"]}


def test_a_replay_of_the_same_is_zero_and_of_another_institutions_answer_not_found(run: Run) -> None:
    answer = run("ask", FEE_QUESTION, *HERE, "--json").json
    same = run("replay", answer["answer_id"], *HERE, "--json")
    assert (same.status, same.json) == (0, {"answer_id": answer["answer_id"], "same": True, "differences": []})
    assert run("replay", answer["answer_id"], "--institution", RIVAL).status == 2


def test_a_replay_that_differs_ends_with_one_and_says_what(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from tests.app.small_bank import one_rulebook

    forgotten = replace(one_rulebook(), version="f" * 64)
    monkeypatch.setattr("app.composition.load_rulebook", lambda **_: forgotten)
    answer = run("ask", FEE_QUESTION, *HERE, "--json").json
    monkeypatch.setattr("app.composition.load_rulebook", lambda **_: one_rulebook())
    differs = run("replay", answer["answer_id"], *HERE, "--json")
    assert differs.status == 1
    assert [difference["what"] for difference in differs.json["differences"]] == ["rulebook"]
    assert "differs: rulebook" in run("replay", answer["answer_id"], *HERE).out
