"""How far ingestion is, in words and minutes, and whether it has stopped moving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import ceil

from app.documents.types import FINISHED, Progress, Stage

STUCK_S = 300.0  # a stage that says nothing for longer is shown as stuck; a file without OCR is parsed within 60 s
STALE_S = 60.0  # then the last report says nothing of how fast it goes now
ENOUGH, ENOUGH_S = 0.05, 3.0  # of a stage, before its rate is believed
COUNTED = {
    Stage.PARSING: "pages",
    Stage.CHUNKING: "characters",
    Stage.EMBEDDING: "chunks",
}  # what ``done`` and ``total`` count


def left_s(progress: Progress, now: datetime) -> float | None:
    """Seconds until the stage ends, at its rate from its beginning to the last report.

    None where that says nothing: too little was done, or the last report is old.
    """
    if progress.since is None or progress.at is None or not 0 < progress.done <= progress.total:
        return None
    silent, passed_s = (now - progress.at).total_seconds(), (progress.at - progress.since).total_seconds()
    if progress.done < ENOUGH * progress.total or passed_s < ENOUGH_S or silent > STALE_S:
        return None
    return max(0.0, passed_s / progress.done * (progress.total - progress.done) - silent)


def silent_s(progress: Progress, now: datetime) -> float | None:
    """Seconds since a job said anything; None where it waits for a worker or is finished."""
    if progress.stage is Stage.RECEIVED or progress.stage in FINISHED or progress.at is None:
        return None
    return max(0.0, (now - progress.at).total_seconds())


def is_stuck(progress: Progress, now: datetime) -> bool:
    """Whether a job that was begun has said nothing for too long."""
    return (silent_s(progress, now) or 0.0) > STUCK_S


def progress_line(progress: Progress, now: datetime, words: Callable[..., str]) -> str:
    """Such as "12 of 40 pages, about 2 min"; empty where nothing is known. ``words`` gives a text by its key."""
    if is_stuck(progress, now):
        return words("progress_stuck", minutes=int((silent_s(progress, now) or 0.0) // 60))
    counted, left = COUNTED.get(progress.stage), left_s(progress, now)
    parts = []
    if progress.error:
        parts.append(progress.error)
    if counted and progress.total:
        parts.append(words(f"progress_{counted}", done=progress.done, total=progress.total))
    if left is not None and progress.done < progress.total:
        parts.append(words("left_seconds") if left < 60 else words("left_minutes", minutes=ceil(left / 60)))
    return ", ".join(parts)
