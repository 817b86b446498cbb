"""The topics the product ships (topics.yaml), and how a topic is written down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.switches.errors import TopicWrong
from app.switches.types import Composer, Mode, Topic

SHIPPED = Path(__file__).parent / "topics.yaml"
MAX_NAMES = 50  # tags, products or findings of one topic
_ID = re.compile(r"[a-z][a-z0-9-]{1,40}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@cache
def shipped_topics() -> Mapping[str, Topic]:
    """By id."""
    written = yaml.safe_load(SHIPPED.read_text("utf-8"))["topics"]
    return {entry["id"]: topic_of({"mode": Mode.AUTO.value, **entry}) for entry in written}


def topic_of(value: Mapping[str, Any]) -> Topic:
    """The topic written as ``value``.

    Raises:
        TopicWrong: a name can't be one, or the topic covers nothing.
    """
    topic_id = str(value.get("id", "")).strip()
    if not _ID.fullmatch(topic_id):
        raise TopicWrong(topic_id, "its id must be 2 to 41 small letters, digits or hyphens, a letter first")
    title = str(value.get("title", "")).strip()
    if not title or len(title) > 120:
        raise TopicWrong(topic_id, "give it a title of at most 120 characters")
    if value.get("mode") not in list(Mode):
        raise TopicWrong(topic_id, f"its mode must be one of {', '.join(Mode)}")
    composer = value.get("composer") or None
    if composer not in (None, *Composer):
        raise TopicWrong(topic_id, f"its composer must be one of {', '.join(Composer)}, or not be named")
    names = {field: _names(topic_id, value.get(field, ())) for field in ("tags", "products", "findings")}
    if not any(names.values()):
        raise TopicWrong(topic_id, "it covers nothing; give it a tag, a product or a finding")
    return Topic(topic_id, title, Mode(value["mode"]), **names, composer=composer and Composer(composer))


def topic_value(topic: Topic) -> dict[str, Any]:
    """The topic as it is stored; ``topic_of`` gives it back."""
    names = {"tags": list(topic.tags), "products": list(topic.products), "findings": list(topic.findings)}
    composer = {} if topic.composer is None else {"composer": topic.composer.value}
    return {"id": topic.id, "title": topic.title, "mode": topic.mode.value, **names, **composer}


def _names(topic_id: str, names: Iterable[str]) -> tuple[str, ...]:
    found = sorted({str(name) for name in names})
    wrong = [name for name in found if not _NAME.fullmatch(name)]
    if wrong:
        raise TopicWrong(topic_id, f"{wrong[0]!r} can't be a tag, product or finding")
    if len(found) > MAX_NAMES:
        raise TopicWrong(topic_id, f"it has more than {MAX_NAMES} names; make two of it")
    return tuple(found)
