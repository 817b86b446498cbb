"""How much one file may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class ParseLimits:
    """``file_bytes`` is checked before the file is opened; the others hold for the process that parses it.

    ``memory_bytes`` is address space, the interpreter and its libraries (about 300 MiB) included. ``output_bytes``
    is the size of the parse as JSON.

    Reading pages from their pictures takes seconds each and has limits of its own: at most ``recognised_pages`` of a
    file, none begun after ``recognition_seconds``, and each in ``page_seconds``. Pages left out are named in the parse.
    """

    file_bytes: int = 50 * MIB
    seconds: float = 60.0
    memory_bytes: int = 2048 * MIB
    output_bytes: int = 256 * MIB
    recognised_pages: int = 300
    recognition_seconds: float = 1800.0
    page_seconds: float = 180.0
