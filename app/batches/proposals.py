"""What a batch of files is proposed to be: facts read out of each file, taken from a version or a document it is like.

An empty cell is better than a wrong one: what nothing speaks for is not proposed. A person confirms every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from app.batches.likeness import RELATED_WORDS, SAME_ACROSS, SAME_WORDS, likeness
from app.batches.naming import base_of_id, base_of_name, label_of, names_a_language, stem_of, with_mark
from app.batches.readings import Reading
from app.batches.stated_days import StatedDay
from app.batches.topics import base_of_title, free_base, topic_of
from app.documents.titles import same_title
from app.documents.upload_form import id_from_title
from knowledge_bases.schema import VersionInfo, VersionKey

ALIKE_WORDS = 0.15  # with the same title, this is enough to be a version of the same document
RELATED = 3  # documents asked for tags; a tag counts where two of them have it


@dataclass(frozen=True)
class ReadFile:
    """A file of a batch that was read."""

    file_name: str
    reading: Reading


@dataclass(frozen=True)
class Proposal:
    """What a file is proposed to be, as a form's fields, empty where nothing is. ``why``: what each rests on."""

    fields: Mapping[str, str]
    why: Mapping[str, str]


@dataclass(frozen=True)
class _Draft:
    """A proposal on its way. ``source`` is the known version most facts come from."""

    file: ReadFile
    predecessor: VersionInfo | None
    sibling: VersionInfo | None
    document: str

    @property
    def source(self) -> VersionInfo | None:
        return self.predecessor or self.sibling


def propose(files: Sequence[ReadFile], known: Sequence[VersionInfo], today: date) -> list[Proposal]:
    """A proposal for each file, in their order. ``known``: the institution's versions that are not withdrawn."""
    catalogue = _Catalogue(tuple(known))
    drafts = _apart([_draft(file, catalogue) for file in files])
    pairs = [_sibling_in_batch(number, drafts) for number in range(len(drafts))]
    named = [
        _named_like(draft, drafts[pair] if pair is not None else None)
        for draft, pair in zip(drafts, pairs, strict=True)
    ]
    named = _numbered(_apart(named), pairs, catalogue)
    taken: dict[str, set[str]] = {}
    return [
        _proposal(draft, named[pair] if pair is not None else None, catalogue, taken, today)
        for draft, pair in zip(named, pairs, strict=True)
    ]


@dataclass(frozen=True)
class _Catalogue:
    infos: tuple[VersionInfo, ...]

    @cached_property
    def by_key(self) -> dict[VersionKey, VersionInfo]:
        return {info.key: info for info in self.infos}

    @cached_property
    def products(self) -> list[str]:
        """The most used first: two names that both stand in a title are told apart by it."""
        return [name for name, _ in Counter(info.product for info in self.infos if info.product).most_common()]

    def labels(self, document: str) -> set[str]:
        return {info.key.version for info in self.infos if info.key.document == document}

    def newest(self, document: str) -> VersionInfo | None:
        own = [info for info in self.infos if info.key.document == document]
        return max(
            own, key=lambda info: (info.effective_from or info.as_at or date.min, info.key.version), default=None
        )


def _draft(file: ReadFile, catalogue: _Catalogue) -> _Draft:
    reading, base = file.reading, base_of_name(file.file_name)
    own = with_mark(base, reading.language)
    predecessor = _predecessor(reading, own, catalogue)
    sibling = _known_sibling(reading, catalogue)
    if sibling is None and predecessor is not None and predecessor.sibling is not None:
        sibling = catalogue.newest(predecessor.sibling)
    if predecessor is not None:
        return _Draft(file, predecessor, sibling, predecessor.key.document)
    document = own or (with_mark(base_of_id(sibling.key.document), reading.language) if sibling else "")
    return _Draft(
        file, None, sibling, document or with_mark(base_of_title(reading.title, reading.language), reading.language)
    )


def _apart(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Two files of one batch are versions of one document only where they start on different days and are alike.

    Otherwise one would take the place of the other: they become documents named after their files, or their titles.
    """
    apart = list(drafts)
    for rename in (_named_after_file, _named_after_title):
        apart = [rename(draft) if _clashes(draft, apart) else draft for draft in apart]
    return apart


def _clashes(draft: _Draft, drafts: Sequence[_Draft]) -> bool:
    same = [other for other in drafts if draft.document and other.document == draft.document and other is not draft]
    return any(not _may_follow(draft, other) for other in same)


def _may_follow(one: _Draft, other: _Draft) -> bool:
    if _start(one) == _start(other):
        return False
    ours, theirs = one.file.reading, other.file.reading
    return same_title(ours.title, theirs.title) or likeness(ours.sketch, theirs.sketch).words >= SAME_WORDS


def _start(draft: _Draft) -> date | None:
    days = draft.file.reading.days
    stated = days.starts or days.as_at
    return stated.day if stated else None


def _named_after_file(draft: _Draft) -> _Draft:
    return _renamed(draft, base_of_id(base_of_title(stem_of(draft.file.file_name), draft.file.reading.language)))


def _named_after_title(draft: _Draft) -> _Draft:
    return _renamed(draft, base_of_title(draft.file.reading.title, draft.file.reading.language))


def _renamed(draft: _Draft, base: str) -> _Draft:
    own = with_mark(base, draft.file.reading.language) or draft.document
    return replace(draft, predecessor=None, document=own)


def _predecessor(reading: Reading, own_id: str, catalogue: _Catalogue) -> VersionInfo | None:
    """The newest version of the document that the file is another version of."""
    named = catalogue.newest(own_id) if own_id else None
    if named is not None and named.language is reading.language:
        return named
    for alike in reading.alike:
        info = catalogue.by_key.get(alike.key)
        if info is None or info.language is not reading.language:
            continue
        close = alike.likeness.words
        titled = not own_id and close >= ALIKE_WORDS and same_title(info.title, reading.title)
        if close >= SAME_WORDS or titled:
            return catalogue.newest(info.key.document)
    return None


def _known_sibling(reading: Reading, catalogue: _Catalogue) -> VersionInfo | None:
    for alike in reading.alike:
        info = catalogue.by_key.get(alike.key)
        if info is not None and alike.likeness.across >= SAME_ACROSS:
            return catalogue.newest(info.key.document)
    return None


def _sibling_in_batch(number: int, drafts: Sequence[_Draft]) -> int | None:
    """The file of the batch that says the same in another language: by its figures, or by its name."""
    own, best, found = drafts[number].file, 0.0, None
    base = base_of_name(own.file_name)
    for place, other in enumerate(drafts):
        if other.file.reading.language is own.reading.language:
            continue
        alike = likeness(own.reading.sketch, other.file.reading.sketch).across
        marked = names_a_language(own.file_name) or names_a_language(other.file.file_name)
        if base and marked and base == base_of_name(other.file.file_name):
            alike = max(alike, SAME_ACROSS)
        if alike >= SAME_ACROSS and alike > best:
            best, found = alike, place
    return found


def _named_like(draft: _Draft, pair: _Draft | None) -> _Draft:
    """A file whose name and title say nothing in Latin letters is named after its sibling."""
    if pair is None or draft.predecessor is not None or base_of_name(draft.file.file_name):
        return draft
    if draft.document and draft.file.reading.title.isascii():
        return draft
    return replace(draft, document=with_mark(base_of_id(pair.document), draft.file.reading.language))


def _numbered(drafts: Sequence[_Draft], pairs: Sequence[int | None], catalogue: _Catalogue) -> list[_Draft]:
    """What nothing names in Latin letters is named after its topic, or numbered, as no document is; siblings alike."""
    taken = {base_of_id(each.document) for each in drafts} | {base_of_id(i.key.document) for i in catalogue.infos}
    named = list(drafts)
    for place, pair in enumerate(pairs):
        if not named[place].document:
            base = base_of_id(named[pair].document) if pair is not None else ""
            base = base or free_base(_topic(named[place].file), taken)
            taken.add(base)
            own = with_mark(base, named[place].file.reading.language)
            named[place] = replace(named[place], document=own)
    return named


def _topic(file: ReadFile) -> str:
    return topic_of(file.reading.title) or topic_of(stem_of(file.file_name))


def _proposal(
    draft: _Draft, pair: _Draft | None, catalogue: _Catalogue, taken: dict[str, set[str]], today: date
) -> Proposal:
    reading = draft.file.reading
    days, starts = reading.days, reading.days.starts or reading.days.as_at
    labels = taken.setdefault(draft.document, catalogue.labels(draft.document))
    version = label_of(
        starts.day if starts else today, labels, draft.predecessor.key.version if draft.predecessor else None
    )
    labels.add(version)
    sibling = pair.document if pair else draft.sibling.key.document if draft.sibling else ""
    fields = {
        "title": reading.title or stem_of(draft.file.file_name),
        "document": draft.document,
        "version": version,
        "language": reading.language.value,
        "sibling": sibling,
        "as_at": _iso(days.as_at),
        "effective_from": _iso(starts),
        "effective_to": _iso(days.ends),
        **_taken_over(draft, pair, catalogue),
    }
    return Proposal(fields, _why(draft, pair))


def _taken_over(draft: _Draft, pair: _Draft | None, catalogue: _Catalogue) -> dict[str, str]:
    """What no text states of itself, from the version before, the sibling, or what the title and related texts say."""
    source = draft.source or (pair.source if pair else None)
    if source is not None:
        sector = source.sector.value if source.sector else ""
        tags = ", ".join(sorted(source.tags))
        return {"product": source.product or "", "tags": tags, "sector": sector, "owner": source.owner or ""}
    product = _named_product(draft, catalogue) or (_named_product(pair, catalogue) if pair else "")
    tags = _related_tags(draft, catalogue) or (_related_tags(pair, catalogue) if pair else "")
    return {"product": product, "tags": tags, "sector": "", "owner": ""}


def _named_product(draft: _Draft, catalogue: _Catalogue) -> str:
    words = set(id_from_title(f"{draft.file.reading.title} {draft.file.file_name}").split("-"))
    return next((name for name in catalogue.products if set(id_from_title(name).split("-")) <= words), "")


def _related_tags(draft: _Draft, catalogue: _Catalogue) -> str:
    close = [a for a in draft.file.reading.alike if a.likeness.words >= RELATED_WORDS and a.key in catalogue.by_key]
    counted = Counter(tag for alike in close[:RELATED] for tag in catalogue.by_key[alike.key].tags)
    return ", ".join(sorted(tag for tag, count in counted.items() if count > 1))


def _why(draft: _Draft, pair: _Draft | None) -> dict[str, str]:
    days = draft.file.reading.days
    stated = {"as_at": days.as_at, "effective_from": days.starts or days.as_at, "effective_to": days.ends}
    why = {name: day.words for name, day in stated.items() if day}
    source = draft.source or (pair.source if pair else None)
    if source is not None:
        why |= dict.fromkeys(("product", "tags"), f"{source.key.document} {source.key.version}")
    return why


def _iso(stated: StatedDay | None) -> str:
    return stated.day.isoformat() if stated else ""
