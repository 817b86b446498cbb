"""What the reader of intents learns from: messages, and of each rule how sure it is that they call for it or don't.

``eval/guard_training/rules/<rule>.txt`` holds messages written for a rule, and ``near`` it: alike, and not calling for
it. A line ends in further rules it surely calls for (``## D05 D12``). Nothing of a blind set is among the material.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.answers import read_suite
from eval.disclosures import UNCOUNTED, Ground, universal_bank
from eval.guard_texts import Portion, called, labelled, labelled_to_learn, rows
from eval.guardrails.lists import LISTS, Kind
from eval.guardrails.material import WRITTEN, Label, material, written
from eval.halves import Half
from eval.training_material import ROOT, institutions
from guardrails import conduct
from guardrails.normalise import normalise
from guardrails.rulebook import load_rulebook
from knowledge_bases.schema import Language

RULES = WRITTEN / "rules"
UNSAID = 0.3  # how sure it is that a message does not call for a rule that its author did not name
BROAD = 0.5  # the same of a rule that most messages on its subjects call for, which no author named
MOST = 1500  # harmless questions of one list
# A wish for data of one's own account is what half of a bank's traffic is, and a secret is found by its form.
UNLEARNED = frozenset({"P09", "P11", "P12"})
ORDERS = "P24"  # an attempt to steer the assistant; what eval.train_attacks learns from is its material
LONGEST_ORDER = 600  # characters: whoever gives orders at length is found by the model of attacks
# Which subjects the rules owe that authors were told to leave out: D47 wherever one invests, D50 wherever a product is.
INVESTING = frozenset(f"D{n:02}" for n in (10, 11, 18, 19, 20, *range(22, 29), 30, *range(40, 44)))
PRODUCTS = frozenset(f"D{n:02}" for n in range(1, 46))
_SUBJECTS = {"D47": INVESTING, "D50": PRODUCTS}
_ELSEWHERE = {
    "D47": frozenset(f"D{n:02}" for n in (*range(1, 9), 12, 13, *range(44, 50))) - {"D47"},
    "D50": frozenset({"D48", "D49", "P14", "P15", "P17"}),
}
# What a bank's everyday question may well call for: of these nothing is said about it.
_EVERYDAY = frozenset(f"D{n:02}" for n in (1, 2, 3, 4, 5, 6, 8, 12, 13, 14, 15, 16, 45, 46, 47, 48, 49, 50)) | {
    "P15", "P16", "P17", "P20",
}  # fmt: skip
_HEADING = re.compile(r"# (?:en|zh-Hant|zh-Hans)( near)?")


@dataclass(frozen=True)
class Message:
    """A text, the rules it ``calls`` for, those it ``never`` does, and those ``unknown``.

    ``named`` is the one that it was written for; of all that is in none of the three, it is likely not to call for it.
    """

    text: str
    calls: frozenset[str]
    never: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    named: str = ""


def rules() -> tuple[str, ...]:
    """The rules that are learned, in the order of the scores."""
    written_for = {path.stem for path in RULES.glob("*.txt")}
    return tuple(sorted((written_for | UNCOUNTED | {ORDERS}) - UNLEARNED))


def messages(sources: Path) -> list[Message]:
    """Everything to learn from, in a fixed order; ``sources`` is the folder of public sets."""
    called_for = [*_written(), *_development(), *_labelled(sources)]
    told = [*called_for, *_ordinary(sources), *_facts(), *_documented(), *_plain(), *_orders(sources)]
    return list({one.text: one for one in reversed(told)}.values())[::-1]


def table(messages: Sequence[Message]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Whether each message calls for each rule, and how sure that is; shapes (messages, rules)."""
    names = rules()
    calls = np.array([[name in one.calls for name in names] for one in messages])
    sure = np.array([[_sure(one, name) for name in names] for one in messages], dtype=np.float32)
    return calls, sure


def _sure(message: Message, rule: str) -> float:
    if rule in message.calls and rule in _SUBJECTS and rule != message.named:
        return BROAD
    if rule in message.calls | message.never:
        return 1.0
    if rule in message.unknown:
        return 0.0
    return UNSAID


def _written() -> Iterator[Message]:
    for path in sorted(RULES.glob("*.txt")):
        near = False
        for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
            heading = _HEADING.fullmatch(line)
            if heading:
                near = bool(heading[1])
                continue
            text, _, also = line.partition(" ## ")
            yield _message(path.stem, text, frozenset(also.split()), near)


def _development() -> Iterator[Message]:
    yield from (_message(one.rule, one.text) for one in called())
    yield from (_message(row["rule"], row["text"]) for row in rows("conduct"))
    yield from (_message("P01", row["text"]) for row in rows("advice"))
    yield from (_message("P01", row["text"], near=True) for row in rows("advice-lookalikes"))


def _message(rule: str, text: str, also: frozenset[str] = frozenset(), near: bool = False) -> Message:
    """A message written for a rule. What the rulebook's words find in it and its author did not name is unknown."""
    broad = {name for name, subjects in _SUBJECTS.items() if rule in subjects and not near}
    elsewhere = {name for name, subjects in _ELSEWHERE.items() if rule in subjects and not near}
    never = elsewhere | ({rule} if near else set())
    calls = (also | broad | (set() if near else {rule})) - never
    unknown = (_by_words(text) | _SUBJECTS.keys()) - calls - never
    return Message(text, frozenset(calls), frozenset(never), frozenset(unknown), rule)


def _labelled(sources: Path) -> Iterator[Message]:
    every = frozenset(rule.id for rule in load_rulebook().disclosures)
    for one in chain(labelled(sources), labelled_to_learn(sources)):
        yield Message(one.text, one.owes, every - one.owes - one.may - UNCOUNTED, one.may | UNCOUNTED)


def _ordinary(sources: Path) -> Iterator[Message]:
    """Half A of the lists of harmless questions, and harmless ones written to sound dangerous."""
    kept = {one.text for portion in Portion for one in labelled(sources, portion)}
    for one in LISTS:
        if one.kind in (Kind.BENIGN, Kind.ELSEWHERE):
            texts = sorted(set(one.half(sources, Half.A)) - kept)
            for text in texts[:: max(1, len(texts) // MOST)]:
                yield Message(text, frozenset(), frozenset({ORDERS}), _EVERYDAY | _by_words(text))
    scary = (row["text"] for row in rows("scary"))
    for text in chain(written("harmless-en"), written("harmless-zh"), scary):
        unknown = {name for name in rules() if name.startswith("D")} | {"P15", "P16", "P17"}
        yield Message(text, frozenset(), frozenset({ORDERS}), frozenset(unknown) | _by_words(text))


def _plain() -> Iterator[Message]:
    """Second questions that say next to nothing ("and the other one?"), and errands that sound graver than they are.

    No conduct rule is theirs; of statements nothing is said about them.
    """
    conduct_rules = frozenset(name for name in rules() if name.startswith("P"))
    for text in chain(written("follow-ups"), written("everyday")):
        yield Message(text, frozenset(), conduct_rules, frozenset(rules()) - conduct_rules)


def _facts() -> Iterator[Message]:
    """Questions of fact that resemble a wish for advice: to refuse one is to withhold an answer, whatever its words."""
    may = {"P05", "P14", "P15", "P16", "P17", "P19", "P23"}  # answered with a caution, or heard beside the question
    refusing = frozenset(name for name in rules() if name.startswith("P")) - may
    for text in written("facts"):
        yield Message(text, frozenset(), refusing, frozenset(rules()) - refusing, named="P01")


def _orders(sources: Path) -> Iterator[Message]:
    """Attacks; what else they may call for is not said."""
    others = frozenset(rules()) - {ORDERS}
    for one in material(sources):
        if one.label is Label.ATTACK and len(one.text) <= LONGEST_ORDER:
            yield Message(one.text, frozenset({ORDERS}), unknown=others, named=ORDERS)


def _documented() -> Iterator[Message]:
    """Questions that a document of a training institution answers: to refuse one is to withhold an answer."""
    may = {"P14", "P15", "P16", "P17"}  # whoever asks how a lost card is replaced may have been robbed
    conduct_rules = frozenset(name for name in rules() if name.startswith("P")) - may
    for path in sorted(chain.from_iterable((ROOT / name).glob("questions-*.jsonl") for name in institutions())):
        for case in read_suite(path):
            if case.answerable:
                found = _by_words(case.question)
                yield Message(case.question, frozenset(), conduct_rules - found, _EVERYDAY - may | found)


@cache
def _ground() -> Ground:
    return Ground(load_rulebook()).all_on()


def _by_words(text: str) -> frozenset[str]:
    """The rules that the rulebook's and the conduct rules' words find in a text, at a bank that does everything."""
    bank = universal_bank(_ground().rulebook)
    owed = _ground().owed(bank, Language.EN, text)
    normal = normalise(text)
    return owed | {name[:3] for name in conduct.clauses() if conduct.first(name, normal)}
