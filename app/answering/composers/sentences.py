"""Sentences out of a reply that is still coming: each as soon as its last brace is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, ValidationError

from app.answering.errors import ComposerUnavailable

NONSENSE = "invalid_json"
_OPENING = '{"sentences":['  # but for white space


class SentenceReply(BaseModel):
    """One sentence of a reply, and the ids of the spans that it rests on."""

    model_config = ConfigDict(extra="forbid")
    text: str
    spans: list[str]


class Reply(BaseModel):
    """What a model is held to."""

    model_config = ConfigDict(extra="forbid")
    sentences: list[SentenceReply]


@dataclass
class SentenceReader:
    """Reads a reply piece by piece."""

    _read: str = ""
    _place: int = 0  # up to here it has been read
    _inside: bool = False  # the list of sentences
    _decoder: json.JSONDecoder = field(default_factory=json.JSONDecoder)

    def feed(self, piece: str) -> Iterator[SentenceReply]:
        """The sentences that ``piece`` completes.

        Raises:
            ComposerUnavailable: what came is not the agreed JSON.
        """
        self._read += piece
        if not self._inside:
            self._inside = self._open()
        while self._inside and (found := self._next()) is not None:
            yield found

    @property
    def unread(self) -> int:
        """How many characters came that are no whole sentence yet."""
        return len(self._read) - self._place

    def close(self) -> None:
        """Passes where the whole reply is the agreed JSON.

        Raises:
            ComposerUnavailable: it is not, or it stops in the middle.
        """
        try:
            Reply.model_validate_json(self._read)
        except ValidationError as error:
            raise ComposerUnavailable(NONSENSE) from error

    def _open(self) -> bool:
        """Whether the list has begun; a reply that begins otherwise is none."""
        squeezed = "".join(self._read.split())
        if not _OPENING.startswith(squeezed[: len(_OPENING)]):
            raise ComposerUnavailable(NONSENSE)
        if len(squeezed) < len(_OPENING):
            return False
        self._place = self._read.index("[") + 1
        return True

    def _next(self) -> SentenceReply | None:
        rest = self._read[self._place :].lstrip(" \t\r\n,")
        if not rest.startswith("{"):
            if rest and not rest.startswith("]"):
                raise ComposerUnavailable(NONSENSE)
            return None
        try:
            value, end = self._decoder.raw_decode(rest)
        except json.JSONDecodeError:
            return None  # its last brace is not there yet
        except (ValueError, RecursionError) as error:  # digits without end, brackets within brackets
            raise ComposerUnavailable(NONSENSE) from error
        self._place = len(self._read) - len(rest) + end
        try:
            found = SentenceReply.model_validate(value)
            "".join((found.text, *found.spans)).encode()  # half a character can't be stored
        except (ValidationError, UnicodeEncodeError) as error:
            raise ComposerUnavailable(NONSENSE) from error
        return found
