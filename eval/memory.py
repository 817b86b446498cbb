"""How much memory this process and all that it started hold; Linux only."""

from __future__ import annotations

import ctypes
import gc
import os
from pathlib import Path


def settled_mib() -> float:
    """``resident_mib`` of this process alone, after what was freed here went back to the system."""
    gc.collect()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    return _resident_kib(os.getpid()) / 1024


def own_mib() -> float:
    """Resident memory of this process alone, in MiB."""
    return _resident_kib(os.getpid()) / 1024


def resident_mib() -> float:
    """Resident memory in MiB; pages shared between the processes count once for each."""
    return sum(_resident_kib(pid) for pid in _family(os.getpid())) / 1024


def _family(pid: int) -> list[int]:
    own = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            own += _family(int(child))
    return own


def _resident_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:  # it has ended meanwhile
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
