"""Files as they come in: each is stored or refused by itself, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import UploadFile

from app.batches.types import Arrived
from app.documents.accepted import name_of, refusal
from app.documents.files import FileStore


def arrive(files: Sequence[UploadFile], store: FileStore, limit_bytes: int) -> list[Arrived]:
    """What became of each file, in their order; the same bytes a second time are refused."""
    arrived: list[Arrived] = []
    for file in files:
        name = name_of(file)
        content = file.file.read(limit_bytes + 1)
        error = refusal(name, content, limit_bytes)
        if error:
            arrived.append(Arrived(name, file.size or len(content), error=error))
            continue
        arrived.append(_stored(name, content, store, arrived))
    return arrived


def _stored(name: str, content: bytes, store: FileStore, before: Sequence[Arrived]) -> Arrived:
    sha256 = store.put(content)
    same = next((other.name for other in before if other.sha256 == sha256), None)
    if same is None:
        return Arrived(name, len(content), sha256)
    return Arrived(name, len(content), error=f"{name} is the same file as {same} in this upload. It is left out.")
