"""Conversations as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge_bases.schema import Language


class ConversationState(StrEnum):
    """Who answers. Once a person does, the assistant stays silent."""

    ASSISTANT = "assistant"
    HUMAN = "human"


class MessageRole(StrEnum):
    """Who speaks. A notice is the product's own words (the greeting, a hand-over)."""

    CUSTOMER = "customer"
    ASSISTANT = "assistant"
    STAFF = "staff"
    NOTICE = "notice"


class Vote(StrEnum):
    """A customer's thumb."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Conversation:
    """A conversation without its words. ``origin`` is where it was opened: a site, "cli" or "api"."""

    id: str
    institution_id: str
    language: Language
    origin: str
    state: ConversationState
    created_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Message:
    """One message, readable; ``seq`` counts from 1. Customers' text is masked before it comes here."""

    id: str
    seq: int
    role: MessageRole
    text: str
    answer_id: str | None
    at: datetime
