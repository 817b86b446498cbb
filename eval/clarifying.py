"""How often it is asked back which product is meant, where that is so and where it is not, and what a choice leads to.

    python -m eval.clarifying [A | B]

``eval/questions/ambiguous`` holds questions that name no product (``choices``: words of the names to be offered,
``reply``: what a customer says to them, ``contains``: what the first quote then says) and questions that are about one
thing. Beside them the development questions, the first ones and the follow-ups, of which none should be asked back.
Half A was tuned on, B only counts (``eval/halves.py``).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.answering.clarifying import NEARLY
from app.answering.pipeline import ANSWER_STRENGTH
from app.embedding.engines import make_embedder
from eval.halves import half_of
from eval.passages import SAMPLES, retriever_of
from knowledge_bases.schema import Language
from retrieval.alternatives import alternatives, speak_of_all
from retrieval.choosing import chosen, named
from retrieval.lexicon_files import shipped_lexicon, shipped_thesaurus
from retrieval.retriever import Retriever
from retrieval.types import Query

QUESTIONS = Path(__file__).parent / "questions"
OTHERS = ("development", "first", "follow-ups")

Row = Mapping[str, Any]


def offered(row: Row, retriever: Retriever) -> tuple[str, ...]:
    """The names that would be asked back for a question; none for most."""
    history = tuple(row.get("history", ()))
    found = retriever.retrieve(Query(row["question"], Language(row["language"]), 8, history))
    products = alternatives(row["question"], found.quotes)
    names = tuple(each.name for each in products)
    if any(named(turn, names, shipped_lexicon()) for turn in (row["question"], *history)):
        return ()
    strong = found.strength >= ANSWER_STRENGTH
    met = bool(products) and speak_of_all(row["question"], products, shipped_thesaurus())
    return names if strong or (found.strength >= NEARLY and met) else ()


def outcome(row: Row, retriever: Retriever) -> str:
    """In a word what becomes of a question of the set."""
    names = offered(row, retriever)
    if not row["ambiguous"]:
        return "one thing: asked back" if names else "one thing: not asked back"
    if not names:
        return "ambiguous: not asked back"
    if not all(any(word in name for name in names) for word in row["choices"]):
        return "ambiguous: asked back otherwise"
    return "ambiguous: asked back" + (", and answered" if _answered(row, names, retriever) else ", not answered")


def _answered(row: Row, names: tuple[str, ...], retriever: Retriever) -> bool:
    place = chosen(row["reply"], names, shipped_lexicon(), row["question"])
    if place is None:
        return False
    found = retriever.retrieve(Query(f"{row['question']} {names[place]}", Language(row["language"])))
    first = found.quotes[0].quotable
    said = " ".join(first.passage.chunk.words(unit.span) for unit in first.units)
    return found.strength >= ANSWER_STRENGTH and row["contains"] in said


def main(half: str = "") -> None:
    """Prints the counts."""
    embedder, retrievers, counts = make_embedder(), dict[str, Retriever](), Counter[str]()
    for folder in ("ambiguous", *OTHERS):
        for path in sorted((QUESTIONS / folder).glob("*.jsonl")):
            if not (SAMPLES / path.stem).is_dir():
                continue
            if path.stem not in retrievers:
                retrievers[path.stem] = retriever_of(path.stem, embedder)
            retriever = retrievers[path.stem]
            for row in map(json.loads, path.read_text("utf-8").splitlines()):
                if half and half_of(next(iter(row.get("history", ())), row["question"])).value != half:
                    continue
                if folder == "ambiguous":
                    counts[outcome(row, retriever)] += 1
                else:
                    counts[f"{folder}: {'asked back' if offered(row, retriever) else 'not asked back'}"] += 1
    for what, number in sorted(counts.items()):
        print(f"{number:4}  {what}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
