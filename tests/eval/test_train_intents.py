from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from eval.guard_texts import SETS, Portion
from eval.intent_material import RULES, UNLEARNED, Message, rules, table
from eval.train_intents import FOLDS, hash_of, told
from guardrails.rulebook import load_rulebook
from retrieval.bert.reader import ReaderFile
from retrieval.models import packaged_model
from retrieval.text_classifier import LABELS, MOST


def sure(message: Message, rule: str) -> tuple[bool, float]:
    calls, how = table([message])
    return bool(calls[0, rules().index(rule)]), float(how[0, rules().index(rule)])


def test_every_rule_that_is_learned_is_one_of_the_rulebook() -> None:
    book = load_rulebook()
    known = {rule.id for rule in book.disclosures} | {rule.id for rule in book.conduct}
    assert set(rules()) <= known
    assert not UNLEARNED & set(rules())


def test_what_an_author_named_is_sure_and_the_rest_is_weak_evidence() -> None:
    message = Message("x", frozenset({"D01"}), frozenset({"D04"}), frozenset({"D02"}), "D01")
    assert sure(message, "D01") == (True, 1.0)
    assert sure(message, "D04") == (False, 1.0)
    assert sure(message, "D02") == (False, 0.0)
    assert sure(message, "D30")[1] == pytest.approx(0.3)


@pytest.mark.parametrize("path", sorted(RULES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_rule_has_messages_and_near_ones_in_three_languages(path: Path) -> None:
    headings = [line for line in path.read_text(encoding="utf-8").split("\n") if line.startswith("# ")]
    assert headings == [f"# {language}{kind}" for language in ("en", "zh-Hant", "zh-Hans") for kind in ("", " near")]


def test_what_is_gathered_is_read_as_it_will_be_in_an_answer(tmp_path: Path) -> None:
    file = tmp_path / "messages.npz"
    texts = ["Which fund should I buy?", "我應唔應該買呢隻基金" * 40]
    calls = np.zeros((2, len(rules())), dtype=np.bool_)
    sure = calls.astype(np.float32)
    np.savez(file, texts=texts, calls=calls, sure=sure, names=rules(), named=["P01", "P01"], lines=["利率是年利率。"])
    given = told(file)
    assert len(given.lines[0].ids) == len("[利率是年利率。]")
    assert [len(text.ids) == len(text.marks) <= MOST for text in given.texts] == [True, True]
    assert set(given.folds) <= set(range(FOLDS))
    assert hash_of(texts[0]) == hash_of(texts[0])


def test_the_shipped_weights_are_of_rules_that_are_learned() -> None:
    from guardrails.intents import WEIGHTS

    labels = ReaderFile(packaged_model().path, WEIGHTS).metadata[LABELS]
    assert all(f'"{name}"' in labels for name in ("D01", "P01"))
    assert '"P12"' not in labels
    assert '"D50"' not in labels


def test_nothing_that_was_written_to_learn_from_stands_in_a_set_that_is_kept_apart() -> None:
    lines = {line.partition(" ## ")[0] for path in RULES.glob("*.txt") for line in path.read_text("utf-8").split("\n")}
    apart = [SETS / portion for portion in Portion if portion is not Portion.DEVELOPMENT]
    paths = chain.from_iterable(sorted(folder.glob("[a-o]*.jsonl")) for folder in apart)
    stored = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    assert [line for line in lines if len(line) > 12 and f'"{line}"' in stored] == []
