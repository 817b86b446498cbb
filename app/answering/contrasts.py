"""An answer whose figure another passage in force contradicts: both are quoted, and what the customer reads of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.answering.composers.candidates import parts_of, quoted
from app.answering.ports import Contrast, Draft
from app.answering.texts import texts
from app.answering.types import Differing, Sentence
from guardrails.disclosure import day_in_words
from knowledge_bases.schema import Citation, Language, UnitKind, VersionInfo, VersionKey
from retrieval.quotable import Quotable

MOST = 3  # pairs shown with one answer; further ones are in the console's list of figures that disagree
_STATING = frozenset({UnitKind.SENTENCE, UnitKind.ROW})

Versions = Mapping[VersionKey, VersionInfo]


def stated(sentences: Iterable[Sentence]) -> tuple[Citation, ...]:
    """The citations that state something: not captions, headers and footnotes."""
    return tuple(p.citation for s in sentences for p in s.parts if p.kind in _STATING)


def beside(draft: Draft, contrasts: Sequence[Contrast], versions: Versions) -> Draft:
    """The draft with the quotes that contradict it: each after the sentence that it contradicts, in its own words.

    What the draft cites already is not quoted twice.
    """
    sentences = list(draft.sentences)
    for contrast in contrasts:
        for mine, theirs in (contrast.quotes, contrast.quotes[::-1]):
            places = [n for n, sentence in enumerate(sentences) if _cites(sentence, mine)]
            if places and not any(_cites(sentence, theirs) for sentence in sentences):
                sentences.insert(places[0] + 1, quoted(theirs, versions))
    return replace(draft, sentences=tuple(sentences))


def differing(contrast: Contrast) -> Differing:
    """The pair as it is stored with the answer."""
    first, second = (_main(quotable) for quotable in contrast.quotes)
    return Differing(contrast.pair, (first, second))


def notice(contrast: Contrast, versions: Versions, language: Language) -> str:
    """That two passages differ, which ones of when, and that a person looks at it; never which one is right."""
    words = texts(language)
    first, second = (versions[quotable.passage.chunk.key] for quotable in contrast.quotes)
    if first.key == second.key:
        return words["notice_differs_within"].format(title=_dated(first, language))
    return words["notice_differs"].format(first=_dated(first, language), second=_dated(second, language))


def _dated(info: VersionInfo, language: Language) -> str:
    words = texts(language)
    days = {"as_at": info.as_at, "in_force_from": info.effective_from}
    said = [words[key].format(date=day_in_words(day, language)) for key, day in days.items() if day is not None]
    dates = words["comma"].join(said or [words["undated"]])
    return words["dated"].format(title=info.title, dates=dates)


def _cites(sentence: Sentence, quotable: Quotable) -> bool:
    main = _main(quotable)
    return any(c.parse_sha256 == main.parse_sha256 and c.span.overlaps(main.span) for c in stated([sentence]))


def _main(quotable: Quotable) -> Citation:
    return next(part.citation for part in parts_of(quotable) if part.kind in _STATING)
