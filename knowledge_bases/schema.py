"""The values everything else speaks in: what an institution is, and what a stored word is called.

The ground floor: nothing here imports from above it, touches a file or knows a database.

    document    what an institution maintains ("card fees"); has versions
    version     one dated text of a document, in one language
    chunk       a stored piece of a version's parsed text, what an index holds
    unit        the smallest part of a chunk that may be quoted on its own
    passage     a chunk as it came back for one question, with its scores
    citation    an exact span of a stored version's parsed text
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from knowledge_bases.office_hours import OfficeHours


class Language(StrEnum):
    """A written language of the product. Cantonese questions are answered in written Traditional Chinese."""

    EN = "en"
    ZH_HANT = "zh-Hant"
    ZH_HANS = "zh-Hans"


class Sector(StrEnum):
    """A regulated sector; decides which rules of the rulebook an institution switches on."""

    BANKING = "banking"
    SECURITIES = "securities"
    ASSET_WEALTH = "asset_wealth"
    INSURANCE = "insurance"
    MPF = "mpf"
    SVF = "svf"


@dataclass(frozen=True)
class Wording:
    """One text in all three languages; there is no wording with a language missing (P22: parity)."""

    en: str
    zh_hant: str
    zh_hans: str

    def in_language(self, language: Language) -> str:
        """The text for ``language``."""
        match language:
            case Language.EN:
                return self.en
            case Language.ZH_HANT:
                return self.zh_hant
            case Language.ZH_HANS:
                return self.zh_hans


@dataclass(frozen=True)
class Contact:
    """How a customer reaches a person; ``phone`` in international form.

    ``hours`` are read by people, ``office_hours`` by the program; None: not stated, and nothing is promised.
    """

    phone: str
    email: str
    hours: Wording
    office_hours: OfficeHours | None = None


@dataclass(frozen=True)
class Brand:
    """Two CSS colours of an institution's widget: ``accent`` carries white text, ``ink`` is for text."""

    accent: str
    ink: str


@dataclass(frozen=True)
class Institution:
    """A regulated institution. ``sites`` are the origins (scheme://host[:port]) that may embed its widget.

    ``rules_off`` are ids of customary rules that it switched off; for any other rule the rulebook ignores the wish.
    """

    id: str
    names: Wording
    sectors: tuple[Sector, ...]
    licences: frozenset[str]
    languages: tuple[Language, ...]
    sites: tuple[str, ...]
    contact: Contact
    brand: Brand
    privacy_document: str | None
    self_publish: bool = False
    slots: Mapping[str, Wording] = field(default_factory=lambda: MappingProxyType({}))
    starters: Mapping[Language, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    rules_off: frozenset[str] = frozenset()


@dataclass(frozen=True, order=True)
class VersionKey:
    """Names one version within an institution: the document's id and the version's label ("2026-01")."""

    document: str
    version: str


@dataclass(frozen=True)
class VersionInfo:
    """What is known of a version beside its text.

    ``effective_from`` is the first day in force, ``effective_to`` the first day no longer in force; None is open.
    ``as_at`` dates the figures in the text. ``tags`` owe disclosures (guardrails/rulebook). ``sibling`` is the id of
    the same document in another language. ``sector`` of None: every sector of the institution. ``owner`` names the
    team or person who answers for the document's content.
    """

    key: VersionKey
    title: str
    language: Language
    product: str | None = None
    tags: frozenset[str] = frozenset()
    as_at: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    sibling: str | None = None
    sector: Sector | None = None
    owner: str | None = None

    def in_force(self, on: date) -> bool:
        """Whether the version is in force on the day ``on``."""
        started = self.effective_from is None or self.effective_from <= on
        return started and (self.effective_to is None or on < self.effective_to)


@dataclass(frozen=True, order=True)
class Span:
    """Half-open range of code points ``[start, end)`` in a version's parsed text; never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span [{self.start}, {self.end}) is empty or negative")

    def slice(self, text: str) -> str:
        """The words of this span in ``text``."""
        return text[self.start : self.end]

    def within(self, other: Span) -> bool:
        """Whether this span lies wholly inside ``other``."""
        return other.start <= self.start and self.end <= other.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a code point."""
        return self.start < other.end and other.start < self.end


class UnitKind(StrEnum):
    """What a quotable unit is. A row is only ever quoted with its header and the footnotes it points to, a cell of it
    with its row's name and its own cells of the header."""

    SENTENCE = "sentence"
    QUESTION = "question"  # the question line of an FAQ pair: shown as a heading, never as the answer
    CAPTION = "caption"
    HEADER = "header"
    ROW = "row"
    FOOTNOTE = "footnote"


@dataclass(frozen=True)
class Unit:
    """The smallest quotable part of a chunk. ``span`` is absolute, in the version's parsed text.

    ``page`` is the page where the unit starts: a chunk may run on to the next one. None for formats without pages.
    """

    kind: UnitKind
    span: Span
    page: int | None = None


@dataclass(frozen=True)
class Chunk:
    """A stored piece of a version. ``text == parsed.text[span.start:span.end]``, always.

    ``page`` is the 1-based physical page where it starts, None for formats without pages (``anchor`` then names the
    nearest heading). ``indexed_text`` is what is embedded and tokenised: title, headings, product and text.
    ``words_only`` is tokenised beside it, never embedded: footnotes, and since when figures and version count.
    ``units`` are in reading order and lie within ``span``; table captions, headers and footnotes may be repeated in
    the chunks of one table, then their spans lie outside ``span`` but in the same parsed text.
    """

    id: str
    key: VersionKey
    parse_sha256: str
    language: Language
    span: Span
    text: str
    indexed_text: str
    page: int | None
    heading_path: tuple[str, ...]
    anchor: str | None
    units: tuple[Unit, ...]
    context: Mapping[Span, str] = field(default_factory=lambda: MappingProxyType({}))
    words_only: str = ""

    @property
    def searched_text(self) -> str:
        """All words by which the chunk is found."""
        return f"{self.indexed_text}\n{self.words_only}" if self.words_only else self.indexed_text

    def words(self, span: Span) -> str:
        """The exact words of ``span``, which lies in the chunk or in one of its repeated units (``context``).

        Raises:
            ValueError: it lies in neither.
        """
        if span in self.context:
            return self.context[span]
        for whole, text in ((self.span, self.text), *self.context.items()):
            if span.within(whole):
                return text[span.start - whole.start : span.end - whole.start]
        raise ValueError(f"span {span} does not belong to chunk {self.id}")


@dataclass(frozen=True)
class Passage:
    """A chunk retrieved for one question. ``score`` is fused, higher is better; ``rank`` counts from 1.

    ``dense`` is the cosine similarity in [-1, 1] and ``lexical`` the BM25 score (>= 0); None where that leg of the
    retriever was down or did not see the chunk.
    """

    chunk: Chunk
    rank: int
    score: float
    dense: float | None
    lexical: float | None


@dataclass(frozen=True)
class Citation:
    """An exact span of a stored document version. ``quote`` is the words of ``span``, byte for byte."""

    key: VersionKey
    parse_sha256: str
    span: Span
    quote: str
    page: int | None
    heading: str | None
    anchor: str | None
