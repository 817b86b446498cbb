"""Whether a worker is alive: a file it touches, for ``candour doctor`` and the console."""

from __future__ import annotations

import time
from pathlib import Path

STALE_S = 30.0  # without a beat for longer, a worker counts as silent; it beats about once a second


def beat(data_dir: Path, worker_id: str) -> None:
    """Says that the worker is alive now."""
    folder = data_dir / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / worker_id).touch()


def last_beat_s(data_dir: Path) -> float | None:
    """Seconds since the youngest beat of any worker; None where there never was one."""
    beats = [path.stat().st_mtime for path in (data_dir / "workers").glob("*")]
    return max(0.0, time.time() - max(beats)) if beats else None
