"""How sure a share is: Wilson's interval (Wilson, 1927), which holds for few cases and for shares near 0 and 1."""

from __future__ import annotations

from math import sqrt

Z = 1.96  # of a normal distribution, 95 % within


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of the share ``hits / of``, in [0, 1]; all of it where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share, over = hits / of, 1 + Z * Z / of
    middle = (share + Z * Z / (2 * of)) / over
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / over
    return max(0.0, middle - half), min(1.0, middle + half)
