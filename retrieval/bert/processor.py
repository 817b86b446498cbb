"""What this machine's processor can do with bytes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
BYTE_PRODUCTS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp"})  # as Linux names them


@cache
def multiplies_bytes() -> bool:
    """Whether products of bytes are summed by one instruction; without it they are slow, and may overflow.

    False where the system does not say: eight bits are then not worth it.
    """
    try:
        words = CPUINFO.read_text(encoding="utf-8").split()
    except OSError:
        return False
    return not BYTE_PRODUCTS.isdisjoint(words)
