"""mt-rag as an institution: every passage that is given is a document, every judged turn a question in its dialogue.

The benchmark's corpus is not in our copy: only the passages of the dialogues that people judged. Conversational turns
ask nothing and are left out; partly answerable ones count as answerable, as their gold passages are given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.composition import Platform, build_platform
from app.embedding.engines import make_embedder
from app.foundation import lay_foundation
from app.jobs.samples import seed_sample
from app.logs import configure_logs
from app.operations.readiness import Readiness
from app.samples import sample_folders
from app.settings import Settings
from eval.answers import Case, Gold, SuiteError
from eval.dialogues import JUDGED
from knowledge_bases.loader import DocumentSource, InstitutionFolder
from knowledge_bases.schema import Language, VersionInfo, VersionKey

__all__ = ["JUDGED", "MTRAG", "mtrag_cases", "mtrag_in_force"]

MTRAG = "mtrag"
SINCE = date(2024, 1, 1)  # in force: a figure without a date is not quoted
ANSWERABLE = {"ANSWERABLE": True, "PARTIAL": True, "UNANSWERABLE": False}


def mtrag_cases(folder: Path) -> tuple[Case, ...]:
    """The judged turns, each with the customer's turns before it.

    Raises:
        SuiteError: the file is not of the benchmark's form.
    """
    try:
        given = _given(folder)
        names = _names(given)
        return tuple(_case(task, names) for task in given["tasks"] if _kind(task) in ANSWERABLE)
    except (KeyError, IndexError, ValueError) as error:
        raise SuiteError(f"{folder / JUDGED} is not mt-rag's: {type(error).__name__} {error}") from error


@contextmanager
def mtrag_in_force(folder: Path, data: Path | None = None) -> Iterator[Platform]:
    """The product with the benchmark's passages in force, warmed up. A model's settings are those of this process.

    ``data`` keeps what was read; None: a folder for this time alone.
    """
    configure_logs("critical", json=False)
    with TemporaryDirectory() as place:
        embedder = make_embedder()
        foundation = lay_foundation(Settings(data_dir=data or Path(place) / "data", log_level="error"))
        seed_sample(foundation, embedder, _institution(_given(folder), Path(place)))
        platform = build_platform(foundation, embedder)
        Readiness(platform).warm_up()
        yield platform
        platform.rails.close()


def _institution(given: Mapping[str, Any], place: Path) -> InstitutionFolder:
    """The first sample's house, with the benchmark's passages in its library."""
    house = replace(
        sample_folders()[0].institution, id=MTRAG, privacy_document=None, starters={}, languages=(Language.EN,)
    )
    names, sources = _names(given), []
    for row in given["documents"]:
        path = place / f"{names[row['document_id']]}.txt"
        path.write_text(row["text"].strip() + "\n", "utf-8")
        title = str(row.get("title") or "Untitled").strip()
        info = VersionInfo(VersionKey(path.stem, "1"), title, Language.EN, effective_from=SINCE)
        sources.append(DocumentSource(path, info))
    return InstitutionFolder(house, tuple(sources))


def _case(task: Mapping[str, Any], names: Mapping[str, str]) -> Case:
    said = [turn["text"].strip() for turn in task["input"] if turn["speaker"] == "user"]
    gold = tuple(Gold(names[context["document_id"]], frozenset(), "") for context in task["contexts"])
    asked = task["task_id"], Language.EN, said[-1], ANSWERABLE[_kind(task)]
    return Case(*asked, gold, tuple(said[:-1]), alternatives=False)


def _kind(task: Mapping[str, Any]) -> str:
    return str(task["Answerability"][0])


def _names(given: Mapping[str, Any]) -> dict[str, str]:
    """A short id for each of the benchmark's own."""
    return {row["document_id"]: f"passage-{number:03}" for number, row in enumerate(given["documents"], start=1)}


def _given(folder: Path) -> Mapping[str, Any]:
    value: Mapping[str, Any] = json.loads((folder / JUDGED).read_text("utf-8"))
    return value
