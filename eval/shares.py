"""A share as it is counted and reported."""

from __future__ import annotations

from dataclasses import dataclass

from eval.intervals import wilson


@dataclass(frozen=True)
class Share:
    """``hits`` of ``n``; of nothing, every share is possible."""

    hits: int
    n: int

    def interval(self) -> tuple[float, float]:
        """The ends of the 95 % interval."""
        return wilson(self.hits, self.n)

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.n + other.n)

    def line(self) -> str:
        """The share as a report shows it."""
        low, high = self.interval()
        percent = 100 * self.hits / self.n if self.n else 0.0
        return f"{self.hits:5}/{self.n:<5} {percent:6.2f} %  [{100 * low:.1f}, {100 * high:.1f}]"
