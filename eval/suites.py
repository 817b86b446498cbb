"""Makes BEIR folders out of public question-answering sets: ``python -m eval.suites SOURCES OUT`` (``make suites``).

A set whose source is absent is named and left out. Nothing of the sources is copied into the project.
Beside the folders lies ``outside.jsonl``: questions that none of the sets answers (``candour eval strength``).
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.datasets import Dataset, write_dataset, write_rows
from eval.dialogues import dialogues
from eval.unanswerable import OUTSIDE
from knowledge_bases.schema import Language


def passage_questions(path: Path) -> Dataset:
    """A set in SQuAD form (DRCD, CMRC 2018): the passages are the corpus, each question's own passage its answer."""
    corpus: dict[str, str] = {}
    queries: dict[str, str] = {}
    judged: dict[str, dict[str, int]] = {}
    answers: dict[str, tuple[str, ...]] = {}
    for article in _json(path)["data"]:
        for paragraph in article["paragraphs"]:
            corpus[paragraph["id"]] = paragraph["context"]
            for question in paragraph["qas"]:
                queries[question["id"]] = question["question"]
                judged[question["id"]] = {paragraph["id"]: 1}
                answers[question["id"]] = tuple(sorted({answer["text"] for answer in question.get("answers", ())}))
    return Dataset(corpus, queries, judged, answers=answers)


def bank_faqs(path: Path) -> Dataset:
    """Answers are the corpus, questions the queries; same words are one entry; a question may have two answers."""
    with path.open(encoding="utf-8", newline="") as file:
        pairs = {(row["Question"].strip(), row["Answer"].strip()) for row in csv.DictReader(file)}
    answers = {answer: f"a{number}" for number, answer in enumerate(sorted({answer for _, answer in pairs}))}
    questions = {question: f"q{number}" for number, question in enumerate(sorted({question for question, _ in pairs}))}
    judged: dict[str, dict[str, int]] = {}
    for question, answer in sorted(pairs):
        judged.setdefault(questions[question], {})[answers[answer]] = 1
    return Dataset({key: text for text, key in answers.items()}, {key: text for text, key in questions.items()}, judged)


def annual_reports(path: Path) -> Dataset:
    """TAT-QA: paragraphs and tables of annual reports; a question's are those its answer was taken from."""
    corpus: dict[str, str] = {}
    queries: dict[str, str] = {}
    judged: dict[str, dict[str, int]] = {}
    answers: dict[str, tuple[str, ...]] = {}
    for report in _json(path):
        table, paragraphs = report["table"], {str(p["order"]): p for p in report["paragraphs"]}
        corpus[table["uid"]] = "\n".join(" | ".join(row) for row in table["table"])
        corpus |= {p["uid"]: p["text"] for p in paragraphs.values()}
        for question in report["questions"]:
            gold = [paragraphs[order]["uid"] for order in question["rel_paragraphs"]]
            gold += [table["uid"]] if "table" in question["answer_from"] else []
            queries[question["uid"]] = question["question"]
            judged[question["uid"]] = dict.fromkeys(gold, 1)
            answers[question["uid"]] = tuple(_stated(question))
    return Dataset(corpus, queries, judged, answers=answers)


def _stated(question: dict[str, Any]) -> Iterator[str]:
    """The answer's parts, and the figures that it was worked out from."""
    answer = question.get("answer", [])
    yield from map(str, answer if isinstance(answer, list) else [answer])
    yield from (figure for figure in FIGURE.findall(question.get("derivation", "")) if len(figure) > 1)


def finance_news(path: Path) -> Dataset:
    """DISC-FinLLM: every reference text of a finance question is relevant to it; same words are one entry."""
    rows = _json(path)
    found = dict.fromkeys(text for row in rows for text, _address in row["reference"])
    keys = {text: f"d{number}" for number, text in enumerate(found)}
    queries = {f"q{number}": row["question"] for number, row in enumerate(rows)}
    judged = {f"q{number}": {keys[text]: 1 for text, _ in row["reference"]} for number, row in enumerate(rows)}
    return Dataset({key: text for text, key in keys.items()}, queries, judged)


def cantonese_pairs(path: Path) -> Dataset:
    """Yue-TRANS: a Cantonese sentence finds the English or the Chinese one that says the same, among all of them."""
    rows = _json(path)
    corpus = {f"d{row['no']}": row["en"] for row in rows}  # the field is named en in the Chinese file too
    queries = {f"q{row['no']}": row["yue"] for row in rows}
    judged = {f"q{row['no']}": {f"d{row['no']}": 1} for row in rows}
    return Dataset(corpus, queries, judged)


def out_of_scope(path: Path) -> list[dict[str, str]]:
    """CLINC150's questions that belong to none of its intents."""
    intents = _json(path)
    texts = [text for part in ("oos_val", "oos_train") for text, _ in intents[part]]
    return [{"_id": f"oos{number}", "text": text} for number, text in enumerate(texts)]


SUITES: dict[str, tuple[str, Callable[[Path], Dataset], Language]] = {  # source, its reader, what is asked in
    "drcd": ("drcd_zh_hant/DRCD_dev.json", passage_questions, Language.ZH_HANT),
    "cmrc": ("cmrc2018_zh_hans/cmrc2018_trial.json", passage_questions, Language.ZH_HANS),
    "bankfaqs": ("bankfaqs_en/BankFAQs.csv", bank_faqs, Language.EN),
    "tatqa": ("tatqa/tatqa_dataset_dev.json", annual_reports, Language.EN),
    "finllm": ("disc_finllm_zh/retriever_eval.json", finance_news, Language.ZH_HANS),
    "mtrag": ("mtrag_human", dialogues, Language.EN),
    "yue-en": ("yue_benchmark/Yue-TRANS-en-yue.json", cantonese_pairs, Language.ZH_HANT),
    "yue-zh": ("yue_benchmark/Yue-TRANS-zh-yue.json", cantonese_pairs, Language.ZH_HANT),
}
FIGURE = re.compile(r"[\d,]+\.?\d*")
OUTSIDE_SOURCE = "clinc150_oos/train_val.json"


def write_suites(sources: Path, out: Path) -> list[str]:
    """Write a folder a set, and the questions outside them, into ``out``; returns the names of what has no source."""
    absent = []
    out.mkdir(parents=True, exist_ok=True)
    for name, (source, read, language) in SUITES.items():
        if (sources / source).exists():
            dataset = read(sources / source)
            write_dataset(out / name, replace(dataset, languages=dict.fromkeys(dataset.queries, language)))
        else:
            absent.append(name)
    if (sources / OUTSIDE_SOURCE).is_file():
        write_rows(out / OUTSIDE, out_of_scope(sources / OUTSIDE_SOURCE))
    else:
        absent.append(OUTSIDE)
    return absent


def main(sources: Path, out: Path) -> None:
    """Write the sets and say where they are and which of them are missing.

    Raises:
        SystemExit: there is no such source folder, or ``out`` lies in the project, where no third-party text belongs.
    """
    project = Path(__file__).resolve().parents[1]
    if not sources.is_dir():
        sys.exit(f"{sources} is absent: give the folder of the public sets (DATA=... with make suites)")
    if out.resolve().is_relative_to(project):
        sys.exit(f"{out} lies in the project, where no third-party text belongs: give a folder outside (OUT=...)")
    absent = write_suites(sources, out)
    print(f"written to {out.resolve()}: {len(SUITES) + 1 - len(absent)} of {len(SUITES) + 1} sets")
    print(f"left out for want of a source: {', '.join(absent) or 'none'}")
    print(f"measure with: candour eval retrieval {out}")


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m eval.suites SOURCES OUT")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
