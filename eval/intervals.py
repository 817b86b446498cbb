"""How sure a share is: Wilson's score interval, which holds near 0 and 1 and for few."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.96  # 95 %


@dataclass(frozen=True)
class Share:
    """``hits`` of ``n``; of nothing, every share is possible."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share in [0, 1]; 0 of nothing."""
        return self.hits / self.n if self.n else 0.0

    def interval(self) -> tuple[float, float]:
        """The ends of the 95 % interval (Wilson 1927)."""
        if not self.n:
            return 0.0, 1.0
        share, spread = self.value, Z**2 / self.n
        middle = (share + spread / 2) / (1 + spread)
        half = Z * sqrt(share * (1 - share) / self.n + spread / (4 * self.n)) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.n + other.n)

    def line(self) -> str:
        """The share as a report shows it."""
        low, high = self.interval()
        return f"{self.hits:5}/{self.n:<5} {100 * self.value:6.2f} %  [{100 * low:.1f}, {100 * high:.1f}]"
