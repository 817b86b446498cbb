"""A share as it is counted and reported, with Wilson's interval (1927): it holds for few cases and near 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.96  # of a normal distribution, 95 % within


@dataclass(frozen=True)
class Share:
    """``hits`` of ``n``; of nothing, every share is possible."""

    hits: int
    n: int

    def interval(self) -> tuple[float, float]:
        """The ends of the 95 % interval, in [0, 1]."""
        if self.n == 0:
            return 0.0, 1.0
        share, over = self.hits / self.n, 1 + Z * Z / self.n
        middle = (share + Z * Z / (2 * self.n)) / over
        half = Z * sqrt(share * (1 - share) / self.n + Z * Z / (4 * self.n * self.n)) / over
        return max(0.0, middle - half), min(1.0, middle + half)

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.n + other.n)

    def line(self) -> str:
        """The share as a report shows it."""
        low, high = self.interval()
        percent = 100 * self.hits / self.n if self.n else 0.0
        return f"{self.hits:5}/{self.n:<5} {percent:6.2f} %  [{100 * low:.1f}, {100 * high:.1f}]"
