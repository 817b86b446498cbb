"""Which files are taken at all, before anything of them is read."""

from __future__ import annotations

from starlette.datastructures import UploadFile

from app.plain_text import without_unseen
from knowledge_bases.file_types import FILE_TYPES
from knowledge_bases.foreign_files import by_signature

MIB = 1024 * 1024
HEAD = 4096


def refusal(name: str, content: bytes, limit_bytes: int) -> str | None:
    """Why a file is not even stored; None where nothing speaks against it. ``content`` may be cut after the limit."""
    if not name.lower().endswith(FILE_TYPES):
        return f"{name} can't be read: upload one of {', '.join(FILE_TYPES)}."
    if not content:
        return f"{name} is empty. Choose another file."
    if len(content) > limit_bytes:
        return f"{name} is larger than {limit_bytes // MIB} MB. Split it and try again."
    foreign = by_signature(content) if b"\0" in content[:HEAD] else None  # text may begin with the same letters
    return None if foreign is None else f"{name} is {foreign.what}: {foreign.remedy}."


def name_of(file: UploadFile) -> str:
    """The file's name without folders and characters nobody sees, at most 200 characters.

    Browsers write quotes and line breaks in a part's name in percent signs (HTML, "multipart form data"), and no more.
    """
    name = (file.filename or "").replace("%22", '"').replace("%0D", "").replace("%0A", " ")
    return without_unseen(name).replace("\\", "/").rsplit("/", 1)[-1][-200:]
