"""What a customer is told of the queue, the hours and the people in it (texts.yaml). A place is told, never a time that
nobody knows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app.hong_kong import HONG_KONG
from app.web.texts import Texts
from guardrails.disclosure import day_in_words
from knowledge_bases.office_hours import OfficeHours, Presence, presence_at
from knowledge_bases.schema import Language

TEXTS = Texts.load(Path(__file__).parent / "texts.yaml")


def arrival(hours: OfficeHours | None, place: int, language: Language, now: datetime) -> str:
    """What whoever asks for a person reads at once; ``place`` counts from 1."""
    presence = presence_at(hours, now)
    if presence is Presence.AWAY and hours is not None:
        return away(hours, language, now)
    which = "next" if place == 1 else "place"
    key = f"{which}_hours_unknown" if presence is Presence.UNKNOWN else f"{which}_in_queue"
    return TEXTS.say(key, language, place=str(place))


def moved_up(place: int, language: Language) -> str:
    """What whoever waits reads when others before them are served."""
    return TEXTS.say("next_in_queue" if place == 1 else "place_in_queue", language, place=str(place))


def moved_back(place: int, language: Language) -> str:
    """What whoever waits reads when somebody who can't wait goes before them."""
    return TEXTS.say("moved_back", language, place=str(place))


def away(hours: OfficeHours, language: Language, now: datetime) -> str:
    """That nobody is there, when somebody is, and the way to be called back."""
    opening = hours.next_opening(now)
    if opening is None:
        return TEXTS.say("away", language)
    local = opening.astimezone(HONG_KONG)
    return TEXTS.say("away_until", language, day=day_in_words(local.date(), language), time=f"{local:%-H:%M}")
