"""Is what a customer lets slip masked before anything keeps it? Messages with planted secrets, asked in real chats.

``recall``: by kind, whether the detectors leave nothing of it. ``searched``: the messages are asked of the running
product (rails, answers, evidence, cases, audit) over a database of its own, and everything it then keeps is searched:
every file byte by byte, every stored message and every answer's evidence decrypted, and what it logged. A secret of a
few digits occurs by chance in a time or a digest: it is looked for in the customer's messages alone, as a number.
"""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path

import knowledge_bases
from app.answering.types import Question
from app.composition import Platform, build_platform
from app.conversations.service import ConversationService
from app.conversations.types import MessageRole
from app.evidence.service import EvidenceService
from app.foundation import Foundation
from eval.planted_secrets import CHECKED, CREDENTIALS, KINDS, Planted
from eval.shares import Share
from guardrails.detectors import credentials, pii
from guardrails.masking import mask
from guardrails.types import RailContext
from knowledge_bases.schema import Institution, Language

TURNS = 4  # messages of one conversation
CHATTING = 8  # conversations at once
TELLING = 9  # letters and digits: shorter ones occur by chance in a key or a digest


@dataclass(frozen=True)
class Recall:
    """How many of the planted secrets of each kind leave nothing behind, and of how many."""

    masked: Counter[str]
    of: Counter[str]

    def lines(self) -> list[str]:
        """A line a kind, and one for those with a check digit or secret by nature."""
        groups = [("checked and credentials", (*CHECKED, *CREDENTIALS)), *((kind, (kind,)) for kind in KINDS)]
        return [self._line(name, kinds) for name, kinds in groups]

    def to_value(self) -> dict[str, tuple[int, int]]:
        """Kind -> masked, of how many."""
        return {kind: (self.masked[kind], self.of[kind]) for kind in KINDS}

    def _line(self, name: str, kinds: Sequence[str]) -> str:
        hits, of = (sum(counts[kind] for kind in kinds) for counts in (self.masked, self.of))
        return f"{name:24}{Share(hits, of).line()}"


@dataclass
class Found:
    """Where a raw value was kept: kind and place, never the value. ``chats`` were asked."""

    chats: int = 0
    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    files: int = 0
    texts: int = 0


def set_up(folder: Path, institution: str) -> None:
    """A data folder of its own with the sample ``institution`` in force.

    Raises:
        subprocess.CalledProcessError: it cannot be taken in.
    """
    sample = Path(knowledge_bases.__file__ or "").parent / institution
    here = f"CANDOUR_DATA_DIR={folder}"
    command = ["env", here, sys.executable, "-m", "app.cli", "institution", "add", str(sample), "--publish"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 -- our own program


def recall(messages: Iterable[Planted], institution: Institution) -> Recall:
    """Runs the detectors of personal data and secrets over each message."""
    masked, of = Counter[str](), Counter[str]()
    for message in messages:
        context = RailContext(institution, Language(message.language), message.text)
        left = mask(message.text, (*pii.detect(context), *credentials.detect(context)))
        of[message.kind] += 1
        masked[message.kind] += not _holds(left, message.raw)
    return Recall(masked, of)


def searched(base: Foundation, institution: str, messages: Sequence[Planted]) -> Found:
    """Asks every message, ``TURNS`` to a conversation, and looks for its raw value in all that is kept."""
    logged = io.StringIO()
    with redirect_stderr(logged):
        platform = build_platform(base)
        chats = [messages[start : start + TURNS] for start in range(0, len(messages), TURNS)]
        conversations = asyncio.run(_all_asked(platform, institution, chats))
        platform.rails.close()
    found = Found(chats=len(messages))
    for conversation, chat in zip(conversations, chats, strict=True):
        said, everything = _kept(base, institution, conversation)
        _look(found, "a customer's message", said, chat)
        _look(found, "stored text", everything, filter(_is_telling, chat))
    telling = [message for message in messages if _is_telling(message)]
    _look(found, "log", logged.getvalue(), telling)
    _look_in_files(found, base.settings.data_dir, telling)
    return found


async def _all_asked(platform: Platform, institution: str, chats: Sequence[Sequence[Planted]]) -> list[str]:
    gate = asyncio.Semaphore(CHATTING)

    async def chat(messages: Sequence[Planted]) -> str:
        async with gate:
            language = Language(messages[0].language)
            conversation = await asyncio.to_thread(platform.assistant.open_conversation, institution, language, "eval")
            for message in messages:
                await platform.assistant.ask(
                    Question(institution, message.text, Language(message.language), conversation)
                )
            return conversation

    return list(await asyncio.gather(*(chat(messages) for messages in chats)))


def _is_telling(message: Planted) -> bool:
    return len(_alphanumeric(message.raw)) >= TELLING


def _kept(base: Foundation, institution: str, conversation: str) -> tuple[str, str]:
    """What the customer said as it is stored, and all that is stored, decrypted: messages, evidence of answers."""
    with base.database.read() as session:
        messages = ConversationService(session, institution, base.ledger).transcript(conversation)
        records = EvidenceService(session, institution, base.ledger).of_conversation(conversation)
    said = "\n".join(message.text for message in messages if message.role is MessageRole.CUSTOMER)
    return said, "\n".join([*(message.text for message in messages), *map(repr, records)])


def _look(found: Found, place: str, text: str, messages: Iterable[Planted]) -> None:
    found.texts += 1
    for message in messages:
        if _holds(text, message.raw):
            found.places[(message.kind, place)] += 1


def _look_in_files(found: Found, folder: Path, messages: Sequence[Planted]) -> None:
    spellings = [(message.kind, spelt.encode()) for message in messages for spelt in _spellings(message.raw)]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found.files += 1
        for kind, spelt in spellings:
            if spelt in content:
                found.places[(kind, f"file {path.suffix or path.name}")] += 1


def _holds(text: str, raw: str) -> bool:
    """Whether ``text`` holds the value as typed, or its letters and digits with anything else taken out."""
    if len(_alphanumeric(raw)) < TELLING:
        return re.search(rf"(?<![0-9,.]){re.escape(raw)}(?![0-9])", text) is not None
    return raw in text or _alphanumeric(raw) in _alphanumeric(text)


def _spellings(raw: str) -> set[str]:
    return {raw, _alphanumeric(raw)}


def _alphanumeric(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
