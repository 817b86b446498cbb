"""How many planted errors the checks hold, and how many true sentences: ``python -m eval.planted DIR``.

DIR holds ``planted-<language>.jsonl``: {"evidence", "sentence", "kind"} a line, kind "true" or what was planted. Counts
by language and kind, and which check held the true ones; no sentence is printed, so that a set stays blind, but with
``--names`` those that fail: true ones that were held and errors that passed. ``--half A`` is to tune with, B to check.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.guard_texts import Portion
from eval.halves import Half, half_of
from guardrails.verification import Support, entails

TRUE = "true"
BLIND = frozenset(portion.value for portion in Portion if portion.is_blind) | {"generated-b"}


@dataclass(frozen=True)
class Planted:
    """A sentence beside its evidence; ``why`` is what held it, empty where it passed."""

    evidence: str
    sentence: str
    kind: str
    why: str

    @property
    def faithful(self) -> bool:
        """Whether it is true of its evidence."""
        return self.kind.startswith(TRUE)

    @property
    def fails(self) -> bool:
        """Whether it is true and was held, or has an error and passed."""
        return self.faithful == bool(self.why)


def judged(path: Path, half: Half | None = None) -> list[Planted]:
    """Every line of a file, or those whose evidence is in ``half``, with what the checks say."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Planted(row["evidence"], row["sentence"], row["kind"], _why(row["evidence"], row["sentence"]))
        for row in rows
        if half in (None, half_of(row["evidence"]))
    ]


def _why(evidence: str, sentence: str) -> str:
    found = entails(evidence, sentence)
    return "" if found.support is Support.SUPPORTED else found.why or found.support.value


def lines(folder: Path, half: Half | None = None, names: bool = False) -> Iterator[str]:
    """A line a language, one a kind, one a check that held true sentences; with ``names`` one a sentence that fails."""
    for path in sorted(folder.glob("planted-*.jsonl")):
        found = judged(path, half)
        errors, faithful = ([one for one in found if one.faithful is side] for side in (False, True))
        yield f"{path.stem}: errors held {_share(errors)}, true sentences held {_share(faithful)}"
        for kind in sorted({one.kind for one in found}):
            yield f"  {kind:14} {_share([one for one in found if one.kind == kind])}"
        for why, count in Counter(one.why for one in faithful if one.why).most_common():
            yield f"  true, held: {count:4} {why}"
        if names:
            yield from (f"{one.kind}\t{one.why}\t{one.sentence}\t{one.evidence}" for one in found if one.fails)


def _share(rows: Sequence[Planted]) -> str:
    held = sum(bool(one.why) for one in rows)
    return f"{held} of {len(rows)} ({100 * held / max(1, len(rows)):.1f} %)"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(prog="python -m eval.planted")
    parser.add_argument("folder", type=Path, help="where planted-<language>.jsonl are")
    parser.add_argument("--half", type=Half, choices=tuple(Half), help="only evidence of this half, by its hash")
    parser.add_argument("--names", action="store_true", help="print what fails; not for a blind set")
    given = parser.parse_args(arguments)
    if given.names and not BLIND.isdisjoint(given.folder.resolve().parts):
        parser.error(f"{given.folder} is a blind set: its sentences are not printed; leave out --names")
    if not any(given.folder.glob("planted-*.jsonl")):
        parser.error(f"{given.folder} holds no planted-<language>.jsonl: give the folder of a set")
    print("\n".join(lines(given.folder, given.half, given.names)))


if __name__ == "__main__":
    main()
