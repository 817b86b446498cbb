"""What the switches and the release modes of topics make of a question: before it is answered, and before release.

A question is routed by its findings as soon as it is screened, by the passage that answers best before anything is
composed, and by every version the answer cites before it is released. The strictest route of all topics holds,
and so does the strictest composer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.answering.pieces import AtItsEnd, Listener
from app.answering.ports import Retrieved, Writer
from app.answering.texts import texts
from app.answering.trail import Outcome, Trail
from app.answering.types import AnswerStatus, Sentence
from app.switches.types import Composer, Kind, Route, Standing, Topic
from guardrails.types import Action, Reason
from knowledge_bases.schema import Institution, Language, Passage, VersionInfo, VersionKey

# What a customer gets in place of an answer, by route; HOLD is known only once there is an answer to hold.
STOPS = {
    Route.REFUSE: (Action.HAND_OFF, Reason.TOPIC_STAFF),
    Route.SUSPENDED: (Action.REFUSE, Reason.TOPIC_SUSPENDED),
}


def stop_of(trail: Trail, screened: Outcome | None) -> tuple[Action, Reason] | None:
    """What is said in place of ``screened`` (None: the question may be answered), None where nothing is switched.

    Whoever is handed to a person stays so, with the words that fit best: of a fraud, a complaint, a hardship.
    """
    standing = trail.standing
    if screened is not None and screened.status is AnswerStatus.HANDED_OFF:
        return None
    if standing.is_on(Kind.HAND_OFF):
        return Action.HAND_OFF, Reason.STAFF_ONLY
    if screened is not None and screened.status is not AnswerStatus.GREETED:
        return None
    if not standing.speaks(trail.language):
        return Action.REFUSE, Reason.LANGUAGE_SUSPENDED
    return None if screened is not None else STOPS.get(route_of(trail, ()))


def route_of(trail: Trail, keys: Iterable[VersionKey]) -> Route:
    """The strictest route of the topics of the question's findings and of the versions ``keys``, which were retrieved.

    A version that nothing is known of makes every ruled topic its own: closed when in doubt.
    """
    return trail.standing.route_of(_topics_of(trail, keys))


def _topics_of(trail: Trail, keys: Iterable[VersionKey]) -> tuple[Topic, ...]:
    found = {finding.rule_id for finding in trail.findings}
    versions = [trail.retrieved.versions.get(key) for key in keys]
    return tuple(
        topic
        for topic in trail.standing.topics
        if not found.isdisjoint(topic.findings) or any(_concerns(topic, version) for version in versions)
    )


def open_passages(standing: Standing, language: Language, retrieved: Retrieved) -> tuple[Passage, ...]:
    """What a customer may read of ``retrieved`` without an answer: what would be answered from at once, best first.

    None while every question goes to a person or ``language`` is suspended; none of a version whose topic is suspended,
    refused or held. No rail has read the words that were looked for, so a topic's findings play no part.
    """
    if standing.is_on(Kind.HAND_OFF) or not standing.speaks(language):
        return ()
    versions = retrieved.versions
    return tuple(p for p in retrieved.passages if not _closed(standing, versions.get(p.chunk.key)))


def _closed(standing: Standing, version: VersionInfo | None) -> bool:
    return standing.route_of(topic for topic in standing.topics if _concerns(topic, version)) is not Route.AUTO


def _concerns(topic: Topic, version: VersionInfo | None) -> bool:
    """Whether a version belongs to a topic; one that nothing is known of belongs to each."""
    return version is None or topic.covers(version.tags, version.product)


def leading(trail: Trail) -> tuple[VersionKey, ...]:
    """The version that answers best: of the first quote, else of the first passage; none where nothing was found."""
    return _first(trail)[:1]


def _first(trail: Trail) -> tuple[VersionKey, ...]:
    retrieved = trail.retrieved
    passages = [*(quote.quotable.passage for quote in retrieved.quotes[:1]), *retrieved.passages[:1]]
    return tuple(passage.chunk.key for passage in passages)


def cited(sentences: Iterable[Sentence]) -> frozenset[VersionKey]:
    """The versions that ``sentences`` rest on."""
    return frozenset(citation.key for sentence in sentences for citation in sentence.citations)


def writer_of(trail: Trail, writers: Callable[[Institution], Writer | None]) -> Writer | None:
    """The model that may write now: none where generation is stopped, and the customer is told so; nor on a topic that
    is only quoted, which is nothing to be told."""
    if composer_of(trail, _first(trail)) is Composer.QUOTE:
        return None
    writer = writers(trail.institution)
    if writer is None or not trail.standing.is_on(Kind.GENERATION):
        return writer
    trail.notice("notice_generation_stopped")
    return None


def composer_of(trail: Trail, keys: Iterable[VersionKey]) -> Composer:
    """The strictest composer of the topics of the question's findings and of the versions ``keys``: quote, where one of
    them is only answered in the documents' own words."""
    own_words = any(topic.composer is Composer.QUOTE for topic in _topics_of(trail, keys))
    return Composer.QUOTE if own_words else Composer.GENERATE


def writable(trail: Trail) -> Retrieved:
    """Of what was found, what a model may word: nothing of a topic that is only quoted."""
    passages = enumerate(trail.retrieved.passages)
    quoted = (place for place, p in passages if composer_of(trail, (p.chunk.key,)) is Composer.QUOTE)
    return trail.retrieved.without(frozenset(quoted))


def heard_by(trail: Trail, listener: Listener | None) -> Listener | None:
    """``listener``, who reads along only where all that could be cited may go out at once."""
    found = trail.retrieved
    keys = {p.chunk.key for p in (*found.passages, *(quote.quotable.passage for quote in found.quotes))}
    if listener is None or not listener.along or route_of(trail, keys) is Route.AUTO:
        return listener
    return AtItsEnd(listener)


def way_on(trail: Trail, reason: Reason) -> tuple[str, ...]:
    """Beside a refusal for the language: those that are answered, each by its own name."""
    if reason is not Reason.LANGUAGE_SUSPENDED:
        return ()
    spoken = [each for each in trail.institution.languages if trail.standing.speaks(each)]
    names = [texts(language)[f"language_{language.value}"] for language in spoken]
    words = texts(trail.language)
    join = words["comma"] if trail.language.value == "en" else "、"
    return (words["notice_other_languages"].format(languages=join.join(names)),) if names else ()
