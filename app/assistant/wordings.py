"""What a reviewer writes in place of a held answer's sentences, and the sources that these may rest on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from app.answering.composers.candidates import text_of
from app.answering.trail import Trail
from app.answering.types import Answer, Part, Sentence
from app.cases.errors import EditRefused
from app.db.columns import canonical_json
from app.evidence.types import Edit, EditRecord
from guardrails.types import Finding
from guardrails.verification import Judgement
from knowledge_bases.schema import UnitKind

REVIEWER = "reviewer"  # the composer of what a person wrote, or let stand, in place of a held answer
LONGEST = 1_500  # characters of a sentence: the rails check no longer one
MOST = 20  # sentences


@dataclass(frozen=True)
class Source:
    """Words of a document that a sentence may rest on; a table's row comes with its header and footnotes."""

    parts: tuple[Part, ...]
    title: str
    as_at: date | None = None

    @property
    def id(self) -> str:
        """Names the place in the document, the same each time it is found."""
        first = self.parts[0].citation
        spans = ",".join(f"{p.citation.span.start}-{p.citation.span.end}" for p in self.parts)
        return f"{first.key.document}@{first.key.version}:{first.parse_sha256[:12]}:{spans}"

    @property
    def text(self) -> str:
        """Its words, a line each where they are a table's."""
        return text_of(self.parts)


@dataclass(frozen=True)
class Wording:
    """A sentence as the reviewer wants it, and the ids of what it rests on.

    ``was`` is its place in the held answer, from 0; None: it is added.
    """

    text: str
    sources: tuple[str, ...]
    was: int | None = None


@dataclass(frozen=True)
class Checked:
    """What became of an edit on the rails. ``answer`` is what its customer would read; None: it can't go out.

    ``judgements`` are those of the edit's sentences, in order, ``findings`` those of the output rails.
    """

    edit: tuple[Wording, ...]
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]
    changes: tuple[EditRecord, ...]
    answer: Answer | None
    trail: Trail = field(repr=False)

    @property
    def seen(self) -> str:
        """Names what was looked at: only this is released."""
        return fingerprint(self.edit, "" if self.answer is None else self.answer.text)


@dataclass(frozen=True)
class Written:
    """A checked edit as it is kept until a second person decides; ``text`` is what its customer would read."""

    edit: tuple[Wording, ...]
    text: str

    @classmethod
    def of(cls, checked: Checked) -> Written:
        """What was checked; an edit that can't go out has no text."""
        return cls(checked.edit, "" if checked.answer is None else checked.answer.text)

    @property
    def seen(self) -> str:
        """See ``Checked.seen``."""
        return fingerprint(self.edit, self.text)

    def to_json(self) -> str:
        """As it is sealed."""
        edit = [[wording.text, list(wording.sources), wording.was] for wording in self.edit]
        return canonical_json({"edit": edit, "text": self.text})

    @classmethod
    def from_json(cls, stored: str) -> Written:
        """The other way."""
        value = json.loads(stored)
        return cls(tuple(Wording(text, tuple(sources), was) for text, sources, was in value["edit"]), value["text"])


def sources_of(sentence: Sentence) -> tuple[Source, ...]:
    """What a sentence rests on: each quoted sentence for itself, the parts of a table together."""
    runs = groupby(sentence.parts, key=lambda p: None if p.kind is UnitKind.SENTENCE else p.citation.parse_sha256)
    return tuple(
        Source(parts, sentence.title, sentence.as_at)
        for table, run in runs
        for parts in ([(part,) for part in run] if table is None else [tuple(run)])
    )


def as_it_stands(place: int, sentence: Sentence) -> Wording:
    """A held sentence before anybody has edited it."""
    return Wording(sentence.text, tuple(source.id for source in sources_of(sentence)), place)


def is_kept(wording: Wording, held: Sequence[Sentence]) -> bool:
    """Whether it is a held sentence as it stands: the same words on the same sources."""
    if wording.was is None:
        return False
    before = as_it_stands(wording.was, held[wording.was])
    return wording.text.strip() == before.text.strip() and set(wording.sources) == set(before.sources)


def require_sound(edit: Sequence[Wording], held: Sequence[Sentence]) -> None:
    """Raises EditRefused: there is no sentence or too many, one is empty or too long, or names a held one wrongly."""
    if not edit:
        raise EditRefused("No sentence is left. Keep one, or don't release the answer: its customer is told then.")
    if len(edit) > MOST:
        raise EditRefused(f"The answer has {len(edit)} sentences; at most {MOST} can go out at once. Shorten it.")
    places = [wording.was for wording in edit if wording.was is not None]
    if len(set(places)) < len(places) or any(not 0 <= place < len(held) for place in places):
        raise EditRefused(f"“was” names a sentence of the held answer, each once: 0 to {len(held) - 1}.")
    for number, wording in enumerate(edit, 1):
        _require_sound(number, wording)


def _require_sound(number: int, wording: Wording) -> None:
    if not wording.text.strip():
        raise EditRefused(f"Sentence {number} is empty. Write it, or remove it.")
    if len(wording.text) > LONGEST:
        raise EditRefused(f"Sentence {number} has {len(wording.text):,} characters, at most {LONGEST:,}. Split it.")
    if not wording.sources:
        raise EditRefused(f"Sentence {number} rests on no source. Tick the words that bear it out, or remove it.")


def edits_between(held: Sequence[Sentence], edit: Sequence[Wording]) -> tuple[EditRecord, ...]:
    """What was changed, added and removed; empty where every sentence is as it was."""
    return (*_written(held, edit), *_removed(held, edit))


def _written(held: Sequence[Sentence], edit: Sequence[Wording]) -> Iterator[EditRecord]:
    for wording in edit:
        if wording.was is None:
            yield EditRecord(Edit.ADDED, "", wording.text)
        elif not is_kept(wording, held):
            yield EditRecord(Edit.CHANGED, held[wording.was].text, wording.text)


def _removed(held: Sequence[Sentence], edit: Sequence[Wording]) -> Iterator[EditRecord]:
    left = {wording.was for wording in edit}
    yield from (EditRecord(Edit.REMOVED, s.text, "") for place, s in enumerate(held) if place not in left)


def fingerprint(edit: Sequence[Wording], text: str) -> str:
    """Names an edit together with what its customer would read."""
    said = [[wording.text, sorted(wording.sources), wording.was] for wording in edit]
    return hashlib.sha256(canonical_json({"edit": said, "text": text}).encode()).hexdigest()
