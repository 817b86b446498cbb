"""More rows than there is real material: each lies between two real ones, its vector with noise, seeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.ports import Vectors

NOISE = 0.5  # length of the noise beside vectors of length 1
SEED = 7
BATCH = 50_000
NEAR = 20  # characters that a cut is moved at most to fall between words


@dataclass(frozen=True)
class Blends:
    """Some rows: unit ``vectors``, and of which real rows each is made. ``share``, up to a half, is the other's."""

    vectors: Vectors
    one: NDArray[np.int64]
    other: NDArray[np.int64]
    share: NDArray[np.float32]


def blends(real: Vectors, rows: int) -> Iterator[Blends]:
    """``rows`` of them in batches; the same each time. ``real`` are unit vectors, at least one."""
    random = np.random.default_rng(SEED)
    for start in range(0, rows, BATCH):
        size = min(BATCH, rows - start)
        one, other = (random.integers(len(real), size=size) for _ in range(2))
        share = random.random((size, 1), dtype=np.float32) / 2
        noise = random.standard_normal((size, real.shape[1]), dtype=np.float32)
        made = (1 - share) * real[one] + share * real[other] + noise * np.float32(NOISE / np.sqrt(real.shape[1]))
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        yield Blends(made, one, other, share[:, 0].astype(np.float32, copy=False))


def blended_text(one: str, other: str, share: float) -> str:
    """The beginning of ``one`` and the end of ``other``, of which ``share`` is taken; cut between words if possible."""
    head, tail = _cut(one, 1 - share), _cut(other, 1 - share)
    return f"{one[:head].rstrip()} {other[tail:].lstrip()}"


def _cut(text: str, share: float) -> int:
    place = round(len(text) * share)
    if place in (0, len(text)):
        return place
    after, before = text.find(" ", place, place + NEAR), text.rfind(" ", max(0, place - NEAR), place)
    return after if after >= 0 else before if before >= 0 else place
