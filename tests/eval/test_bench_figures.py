"""What the benchmarks beside a model count, over answers and sentences made here."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from app.answering.pieces import Piece
from app.answering.texts import texts
from app.answering.types import Answer, Sentence
from eval.answers import Case, Gold
from eval.bench_degrade import Given, Way
from eval.bench_first_sentence import Added, _Said, _shown
from eval.known import Known, known_questions
from eval.model_server import Event
from eval.reader import Reader
from eval.shares import Share
from knowledge_bases.schema import Language
from tests.eval.test_answers import SILENT, quoting

CASE = Case("1", Language.EN, "fee?", True, (Gold("fees", frozenset({2}), "HK$5"),))
KNOWN = Known("harbour-bank", CASE)
RIGHT = quoting("fees", 2, "The fee is HK$5.")


def said(at: float, text: str = "It is HK$5.", question: str = "fee?", what: str = "said") -> Event:
    return Event(at, what, 0, question, text)


def test_an_answer_is_in_time_within_two_seconds_and_stuck_where_nothing_was_stored() -> None:
    given = (Given(KNOWN, 1.9, RIGHT, True), Given(KNOWN, 2.1, SILENT, True), Given(KNOWN, 20.0, None, False))
    way = Way("down", given, {"asked": 5}, (100.0, 120.0, 101.0))
    value = way.to_value()
    assert (value["in_time"], value["stuck"], value["asked"]) == (1, 1, 3)
    assert way.share("cited_right") == Share(1, 3)
    assert way.right() == {"1"}
    assert replace(way, right_without=frozenset({"1"})).kept() == Share(1, 3)
    assert way.kept() == Share(0, 0)
    assert value["status"] == Counter({"quoted": 1, "refused": 1})
    assert any("1 of 3 within 2 s, 1 stuck" in line for line in way.lines())


def test_a_customer_who_is_told_that_the_model_is_away_is_counted() -> None:
    told = Answer(**{**vars(RIGHT), "notices": (texts(Language.EN)["notice_model_unavailable"],)})
    value = Way("down", (Given(KNOWN, 0.1, told, True),), {}, (1.0, 1.0, 1.0)).to_value()
    assert (value["told_unavailable"], value["told_busy"]) == (1, 0)


def test_every_sample_has_questions_whose_answer_is_known_and_they_take_turns() -> None:
    known = known_questions()
    assert len({each.institution for each in known[:6]}) == 6
    assert all(each.case.answerable and each.case.gold for each in known)
    assert len(known_questions(1000)) == 1000


def test_time_is_added_before_the_request_and_after_the_sentence() -> None:
    reader = Reader()
    sentence = Sentence("It is HK$5.", (), "Fees")
    reader.shown.append((10.5, Piece("a", 1, Language.EN, "", (sentence,), ())))
    noted = _Said.of([said(10.1, "", what="asked"), said(10.45)])
    (shown,) = _shown([(KNOWN, 10.0, reader, {"verify": 3.0})], noted)
    assert (round(shown.before), round(shown.after), shown.laps) == (100, 50, {"verify": 3.0})
    value = Added(1, 1, (shown,), (2.0,)).to_value()
    assert (value["after_ms"], value["laps_ms"]["verify"]) == ((50.0, 50.0), (3.0, 3.0))


def test_an_answer_that_begins_otherwise_is_not_counted() -> None:
    reader = Reader()
    reader.shown.append((10.5, Piece("a", 1, Language.EN, "", (Sentence("Something else.", (), "Fees"),), ())))
    noted = _Said.of([said(10.1, "", what="asked"), said(10.4)])
    assert not list(_shown([(KNOWN, 10.0, reader, {})], noted))
    assert Added(1, 1, (), ()).to_value()["shown"] == 0
