"""Switches, topics and what both come to for one answer, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge_bases.schema import Language

EVERYWHERE = "_platform"  # the scope of a switch that is on for every institution, and the log that tells of it
MAX_REASON_CHARACTERS = 500


class Kind(StrEnum):
    """What a kill switch stops, the widest first."""

    HAND_OFF = "hand_off"  # every question goes to a person
    GENERATION = "generation"  # no model writes: the documents' own words only
    TOPIC = "topic"  # nothing is answered on a topic
    LANGUAGE = "language"  # nothing is answered in a language
    READ_ONLY = "read_only"  # no uploads, approvals or rule changes; answering goes on

    @property
    def has_subject(self) -> bool:
        """Whether a switch of this kind says which one it stops."""
        return self in (Kind.TOPIC, Kind.LANGUAGE)


class Mode(StrEnum):
    """How an answer on a topic reaches the customer, the strictest last."""

    AUTO = "auto"
    HOLD = "hold"  # a person releases it first
    REFUSE = "refuse"  # no answer: the question goes to a person


class Composer(StrEnum):
    """What answers on a topic are composed by, the strictest last."""

    GENERATE = "generate"  # the institution's model, where it has one
    QUOTE = "quote"  # the documents' own words, no model's


@dataclass(frozen=True, order=True)
class Switch:
    """A switch by name: its kind and, of a topic or a language, which one."""

    kind: Kind
    subject: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.subject}" if self.subject else self.kind.value


@dataclass(frozen=True, order=True)
class Topic:
    """A named set of documents and questions: one of the tags or products of a version, one finding of a question.

    ``title`` is for staff; customers never read it. Names are sorted. ``findings`` are ids of conduct rules.
    ``composer`` None: as the institution's other answers.
    """

    id: str
    title: str
    mode: Mode = Mode.AUTO
    tags: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    composer: Composer | None = None

    @property
    def is_ruled(self) -> bool:
        """Whether answers on it are not made or released like any other."""
        return self.mode is not Mode.AUTO or self.composer is Composer.QUOTE

    def covers(self, tags: Iterable[str], product: str | None) -> bool:
        """Whether a version with these tags and this product belongs to the topic."""
        return product in self.products or not set(self.tags).isdisjoint(tags)


class Route(StrEnum):
    """What becomes of an answer on some topics, the strictest last."""

    AUTO = "auto"
    HOLD = "hold"
    REFUSE = "refuse"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class Standing:
    """What is switched for one institution at one moment: the switches that are on, and the topics with rules.

    ``topics`` are those that are not answered like any other: suspended, held, refused, or by quotes only. Both are
    sorted, so that two standings are equal where nothing was changed between them.
    """

    switches: tuple[Switch, ...] = ()
    topics: tuple[Topic, ...] = ()

    def is_on(self, kind: Kind, subject: str = "") -> bool:
        """Whether a switch is on."""
        return Switch(kind, subject) in self.switches

    def speaks(self, language: Language) -> bool:
        """Whether answers in ``language`` are not suspended."""
        return not self.is_on(Kind.LANGUAGE, language.value)

    def route_of(self, topics: Iterable[Topic]) -> Route:
        """The strictest route of ``topics``; AUTO for none."""
        routes = [Route.AUTO, *(self._route(topic) for topic in topics)]
        return max(routes, key=list(Route).index)

    def _route(self, topic: Topic) -> Route:
        return Route.SUSPENDED if self.is_on(Kind.TOPIC, topic.id) else Route(topic.mode.value)


@dataclass(frozen=True)
class Lift:
    """The wish to switch something off again."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Setting:
    """A switch that was turned on. ``scope`` is an institution's id or EVERYWHERE.

    ``lift`` was asked for by one person; ``lifted_by`` is another, None while the switch is on.
    """

    id: str
    scope: str
    switch: Switch
    reason: str
    by: str
    at: datetime
    lift: Lift | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = None

    @property
    def everywhere(self) -> bool:
        """Whether it is on for every institution."""
        return self.scope == EVERYWHERE


@dataclass(frozen=True)
class TopicChange:
    """A topic as somebody wants it for an institution. ``approved`` None: a second person has not decided yet."""

    id: str
    topic: Topic
    reason: str
    by: str
    at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    approved: bool | None = None
