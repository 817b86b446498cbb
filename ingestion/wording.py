"""The words by which a chunk is found: those that are embedded, and those that only the index of words reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from ingestion.pieces import Piece
from knowledge_bases.schema import Language, UnitKind, VersionInfo
from retrieval.quotable import mark_opening, marks

Unseen = Callable[[Sequence[str]], tuple[int, ...]]  # ``Embedder.unseen_tokens``
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
DAY: Mapping[Language, Callable[[date], str]] = {
    Language.EN: lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}",
    Language.ZH_HANT: lambda day: f"{day.year}年{day.month}月{day.day}日",
    Language.ZH_HANS: lambda day: f"{day.year}年{day.month}月{day.day}日",
}
FROM = {Language.EN: "In force from {}", Language.ZH_HANT: "由{}起生效", Language.ZH_HANS: "自{}起生效"}
AS_AT = {Language.EN: "As at {}", Language.ZH_HANT: "截至{}", Language.ZH_HANS: "截至{}"}


class Wording:
    """Words the pieces of one version. ``unseen`` counts the tokens at a text's end that the embedder does not see."""

    def __init__(self, text: str, version: VersionInfo, unseen: Unseen) -> None:
        self._text = text
        self._version = version
        self._seen_whole = lru_cache(maxsize=256)(lambda words: unseen([words])[0] == 0)

    def embedded(self, piece: Piece) -> str:
        """Title, product, headings, what explains the piece, and its text, a line each and none twice."""
        return _lines([*self._kept(piece), piece.span.slice(self._text)])

    def words_only(self, piece: Piece) -> str:
        """What the embedder has no room for, the footnotes that repeated rows point to, and the version's days.

        The days are the same in every chunk of a version, and change with each version: embedded they would drown
        what the chunk says and cost every vector; as words they count by how rare they are.
        """
        kept = self._kept(piece)
        missing = [line for line in self._leading(piece) if line not in kept]
        return _lines([*missing, *self._notes(piece), *self._days()])

    def is_seen(self, piece: Piece) -> bool:
        """Whether the embedder sees all of ``embedded``."""
        return self._seen_whole(self.embedded(piece))

    def _leading(self, piece: Piece) -> list[str]:
        named = [u for u in piece.repeated if u.kind in {UnitKind.CAPTION, UnitKind.HEADER, UnitKind.QUESTION}]
        about = [self._version.title, self._version.product or "", *piece.block.heading_path]
        return [*about, *(unit.span.slice(self._text) for unit in named), piece.lead]

    def _kept(self, piece: Piece) -> list[str]:
        """The leading lines without the longest, until they leave half of what is seen to the text; the title stays."""
        lines = self._leading(piece)
        while len(lines) > 1 and not self._seen_whole(_lines(lines) + "\n" + _lines(lines)):
            lines.remove(max(lines[1:], key=len))
        return lines

    def _notes(self, piece: Piece) -> list[str]:
        own = [unit.span.slice(self._text) for unit in piece.units if unit.kind is not UnitKind.FOOTNOTE]
        notes = [u.span.slice(self._text) for u in piece.repeated if u.kind is UnitKind.FOOTNOTE]
        return [note for note in notes if mark_opening(note) in marks(own)]

    def _days(self) -> list[str]:
        dated = ((AS_AT, self._version.as_at), (FROM, self._version.effective_from))
        language = self._version.language
        return [phrase[language].format(DAY[language](day)) for phrase, day in dated if day is not None]


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(line for line in lines if line))
