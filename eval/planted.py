"""How many planted errors the checks hold, and how many true sentences: ``python -m eval.planted DIR``.

DIR holds ``planted-<language>.jsonl``: {"evidence", "sentence", "kind"} a line, kind "true" or what was planted. Counts
only, by language and kind; no sentence is printed, so that a set stays blind.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from guardrails.verification import Support, entails

TRUE = "true"


def counts(path: Path) -> dict[str, tuple[int, int]]:
    """By kind, how many sentences were held, and how many there are."""
    total: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        total[row["kind"]] += 1
        held[row["kind"]] += entails(row["evidence"], row["sentence"]).support is not Support.SUPPORTED
    return {kind: (held[kind], total[kind]) for kind in sorted(total)}


def lines(folder: Path) -> Iterator[str]:
    """A line a language, and one a kind."""
    for path in sorted(folder.glob("planted-*.jsonl")):
        found = counts(path)
        errors = [number for kind, number in found.items() if not kind.startswith(TRUE)]
        faithful = [number for kind, number in found.items() if kind.startswith(TRUE)]
        yield f"{path.stem}: errors held {_sum(errors)}, true sentences held {_sum(faithful)}"
        yield from (f"  {kind:14} {held:5} of {total}" for kind, (held, total) in found.items())


def _sum(numbers: list[tuple[int, int]]) -> str:
    held, total = (sum(column) for column in zip(*numbers, strict=True)) if numbers else (0, 0)
    return f"{held} of {total} ({100 * held / max(1, total):.1f} %)"


if __name__ == "__main__":
    print("\n".join(lines(Path(sys.argv[1]))))
