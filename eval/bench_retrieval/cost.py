"""What building a part of a system costs: time, memory of its own, room on disk."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from eval.memory import settled_mib


@dataclass(frozen=True)
class Cost:
    """``memory`` is what the process grew by, mapped files left out; both sizes in bytes."""

    seconds: float = 0.0
    memory: float = 0.0
    disk: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.memory + other.memory, self.disk + other.disk)


@dataclass
class Costs:
    """The costs of a system by the names of its parts."""

    parts: dict[str, Cost] = field(default_factory=dict)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        """Take down what happens within; again for the same part adds to it."""
        before, began = own_memory(), time.perf_counter()
        yield
        seconds = time.perf_counter() - began
        grown = max(0.0, own_memory() - before)
        self.parts[part] = self.parts.get(part, Cost()) + Cost(seconds, grown)

    def stored(self, part: str, folder: Path) -> None:
        """Take down the files of ``folder`` as what ``part`` has on disk."""
        self.parts[part] = replace(self.parts.get(part, Cost()), disk=size_of(folder))

    def total(self, parts: tuple[str, ...]) -> Cost:
        """The costs of these parts together."""
        return sum((self.parts[part] for part in parts), Cost())


def size_of(folder: Path) -> float:
    """The bytes of all files below ``folder``."""
    return float(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))


def own_memory() -> float:
    """Resident bytes of this process that are no mapped file, after what was freed went back; Linux only."""
    settled_mib()
    lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))
