from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.baselines import FUSIONS
from eval.datasets import Dataset, DatasetInvalid, read_dataset, suites_in, write_dataset
from eval.halves import Half, half_of, in_half
from eval.retrieval import EARLIER, MEASURES, Choice, evaluate, own_systems, peer_systems
from eval.retrieval_report import RetrievalReport
from eval.runs import make_room, recorded, run_file, write_run
from eval.systems import OURS, Asked, query_of, questions
from knowledge_bases.schema import Language
from retrieval.embedders import HashingEmbedder

SET = Dataset(
    corpus={"d1": "The annual fee of the gold card", "d2": "金卡年費\u2028備註", "d3": "Time deposit rates"},
    queries={"q1": "annual fee", "q2": "金卡年費幾多", "q3": "deposit"},
    judged={"q1": {"d1": 1}, "q2": {"d2": 1}, "q3": {"d3": 2, "d1": 1}},
)
DIALOGUE = replace(SET, histories={"q3": ("thanks", "what is the annual fee of the card?")})


def test_every_system_is_measured_on_every_question(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    measured = evaluate(tmp_path, HashingEmbedder())
    assert set(measured.values) == {OURS, "LangChain", *FUSIONS}
    assert {len(found) for values in measured.values.values() for found in values.values()} == {3}
    assert measured.values[OURS]["Recall@10"].tolist() == [1, 1, 1]


def test_alone_ours_is_measured_as_beside_the_baselines(tmp_path: Path) -> None:
    write_dataset(tmp_path, DIALOGUE)
    beside, alone = (evaluate(tmp_path, HashingEmbedder(), Choice(is_alone=alone)) for alone in (False, True))
    assert set(alone.values) == {OURS, f"{OURS}, last turn"}
    assert alone.rankings[OURS] == beside.rankings[OURS]


def test_a_system_gives_each_document_once_best_first() -> None:
    long = replace(SET, corpus={**SET.corpus, "long": "\n\n".join(["annual fee of the card " * 20] * 10)})
    for name, search in (own_systems(long, HashingEmbedder()) | peer_systems(long, HashingEmbedder())).items():
        ranked = search(Asked("q1", "annual fee", Language.EN))
        assert len({document for document, _ in ranked}) == len(ranked), name
        assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True), name


def test_in_a_dialogue_ours_hears_the_history_and_a_baseline_the_last_turn_or_all_of_it_as_text() -> None:
    found = own_systems(DIALOGUE, HashingEmbedder()) | peer_systems(DIALOGUE, HashingEmbedder())
    asked = next(one for one in questions(DIALOGUE) if one.history)
    assert found["BM25"](asked) == found["BM25"](asked.last_turn)
    assert {document for document, _ in found["BM25"](asked)} == {"d3"}
    assert {document for document, _ in found["BM25, whole history"](asked)} == {"d1", "d3"}
    assert found[f"{OURS}, last turn"](asked) == found[OURS](asked.last_turn)
    assert query_of(asked).history == asked.history != query_of(asked.last_turn).history


def test_a_language_is_told_from_the_words_where_none_is_given() -> None:
    known = replace(SET, languages={"q3": Language.ZH_HANS})
    assert [asked.language for asked in questions(known)] == [Language.EN, Language.ZH_HANT, Language.ZH_HANS]


def test_the_report_has_a_table_for_the_set_and_for_each_language_of_it(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    report = RetrievalReport("hashing", None, [evaluate(tmp_path, HashingEmbedder())])
    value = json.loads(json.dumps(report.to_value()))
    assert value["queries"] == 3
    assert {language: part["queries"] for language, part in value["languages"].items()} == {"en": 2, "zh-Hant": 1}
    assert set(value["systems"]["BM25"]) == set(MEASURES)
    assert any(line.startswith("  candour") for line in report.lines())


def test_the_lead_over_a_system_is_measured_question_by_question(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    measured = evaluate(tmp_path, HashingEmbedder())
    same = replace(measured, values={OURS: measured.values["BM25"], "BM25": measured.values["BM25"]})
    ahead = RetrievalReport("hashing", None, [same]).to_value()["ahead"]
    assert set(ahead) == {"BM25"}
    assert all((lead["low"], lead["mean"], lead["high"]) == (0, 0, 0) for lead in ahead["BM25"].values())


def test_several_sets_are_shown_apart_and_by_language_together(tmp_path: Path) -> None:
    write_dataset(tmp_path / "one", SET)
    write_dataset(tmp_path / "two", DIALOGUE)
    measured = [evaluate(suite, HashingEmbedder()) for suite in suites_in(tmp_path)]
    value = RetrievalReport("hashing", None, measured).to_value()
    assert [suite["folder"] for suite in value["suites"]] == ["one", "two"]
    assert value["languages"]["en"]["queries"] == 4
    assert "BM25, whole history" not in value["languages"]["en"]["systems"]  # only one of them has dialogues


def test_a_folder_without_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match=r"no corpus\.jsonl here or in a folder below"):
        suites_in(tmp_path)


def test_the_halves_are_fixed_part_everything_and_keep_a_conversation_together() -> None:
    turns = [f"question {number}" for number in range(200)]
    queries = {f"q{number}": turn for number, turn in enumerate(turns)} | {
        f"f{number}": "and then?" for number in range(200)
    }
    histories = {f"f{number}": (f" {turn}\n", "yes") for number, turn in enumerate(turns)}
    dataset = Dataset({"d": "x"}, queries, {key: {"d": 1} for key in queries}, histories)
    a, b = (in_half(dataset, half).queries.keys() for half in Half)
    assert a | b == queries.keys()
    assert not a & b
    assert all((f"q{number}" in a) == (f"f{number}" in a) for number in range(200))
    assert 160 < len(a) < 240
    assert half_of("What is the annual fee?") is Half.A  # another parting would undo what was tuned on one half only


def test_a_half_without_questions_is_refused() -> None:
    alone = SET.only(["q1"])
    other = next(half for half in Half if half is not half_of("annual fee"))
    with pytest.raises(DatasetInvalid, match=f"none of 1 questions is in half {other}"):
        in_half(alone, other)


def test_half_a_set_is_asked_over_the_whole_corpus(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    asked = {half: evaluate(tmp_path, HashingEmbedder(), Choice(half)) for half in Half}
    assert {one.documents for one in asked.values()} == {3}
    assert sum(len(one.asked) for one in asked.values()) == 3


def test_a_run_is_written_in_the_form_of_trec(tmp_path: Path) -> None:
    make_room(tmp_path / "new" / "run.txt")
    write_run(tmp_path / "new" / "run.txt", {"q1": [("d2", 1.5), ("d1", 0.25)], "q2": []}, "tag")
    assert (tmp_path / "new" / "run.txt").read_text() == "q1 Q0 d2 1 1.500000 tag\nq1 Q0 d1 2 0.250000 tag\n"


def test_a_run_of_before_is_measured_like_any_system(tmp_path: Path) -> None:
    write_dataset(tmp_path, SET)
    before = evaluate(tmp_path, HashingEmbedder())
    write_run(tmp_path / "before.txt", before.rankings["BM25"], "tag")
    after = evaluate(tmp_path, HashingEmbedder(), Choice(is_alone=True, earlier=tmp_path / "before.txt"))
    assert set(after.values) == {OURS, EARLIER}
    assert all((after.values[EARLIER][name] == before.values["BM25"][name]).all() for name in MEASURES)


@pytest.mark.parametrize(("content", "message"), [("q1 Q0 d1 1", "line 1: wanted query Q0"), (None, "cannot be read")])
def test_a_run_that_cannot_be_read_is_named(tmp_path: Path, content: str | None, message: str) -> None:
    if content:
        (tmp_path / "run.txt").write_text(content)
    with pytest.raises(DatasetInvalid, match=message):
        recorded(tmp_path / "run.txt")


def test_where_no_run_can_be_written_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "file" / "run.txt"):
        with pytest.raises(DatasetInvalid, match=f"no run can be written to {place} "):
            make_room(place)


def test_an_id_that_a_run_cannot_hold_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match="'d 1' has a blank"):
        write_run(tmp_path / "run.txt", {"q1": [("d 1", 1.0)]}, "tag")


def test_the_runs_of_several_sets_lie_side_by_side(tmp_path: Path) -> None:
    assert run_file(tmp_path / "run.txt", "drcd", is_only=True) == tmp_path / "run.txt"
    assert run_file(tmp_path / "run.txt", "drcd", is_only=False) == tmp_path / "run-drcd.txt"


def test_history_and_language_are_read_back(tmp_path: Path) -> None:
    dataset = replace(DIALOGUE, languages={"q2": Language.ZH_HANT})
    write_dataset(tmp_path, dataset)
    assert read_dataset(tmp_path) == dataset
