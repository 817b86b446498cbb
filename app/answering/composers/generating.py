"""Answers by a served model. Every sentence names the spans it rests on.

What it writes is only a proposal: the gate checks citations, figures and groundedness before a word is released.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from app.answering.composers.candidates import heading_of, parts_of, text_of
from app.answering.composers.sentences import Reply, SentenceReader, SentenceReply
from app.answering.errors import ComposerUnavailable
from app.answering.models.errors import ModelUnavailable, Why
from app.answering.models.types import Model, Prompted, Worth
from app.answering.ports import Brief, Draft, Patience
from app.answering.prompts import load_prompt
from app.answering.types import Part, Sentence
from retrieval.quotable import Quotable, quotables

MAX_PASSAGES = 4
MAX_SPANS = 24
MAX_SENTENCES = 4
LONGEST = 16_384  # characters of a reply that are no sentence yet; a whole answer has fewer
FULL = (429, 503)
_REPLY = Reply.model_json_schema()  # half a millisecond each time it is made
_BRACKETS = str.maketrans({bracket: f"\\u{ord(bracket):04x}" for bracket in "<>[]"})


@dataclass(frozen=True)
class GeneratingWriter:
    """Writes by ``model``; safe to use for many answers at once."""

    model: Model
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        limits = self.model.limits
        object.__setattr__(self, "patience", Patience(limits.first_sentence_s, limits.total_s))

    @property
    def refuses(self) -> bool:
        """See ``Writer``."""
        return self.model.refuses is not None

    def signed(self, brief: Brief, task: str = "generate") -> Draft:
        """See ``Writer``."""
        prompt = load_prompt(task, brief.language)
        return Draft("generate", (), self.model.id, prompt.sha256, dict(self.model.parameters))

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        """See ``Writer``: at most four sentences."""
        reader, worth = SentenceReader(), Worth()
        try:
            self.model.turn_away("generate")
            spans = spans_of(brief)
            async with aclosing(self.model.stream(prompted(brief, spans), self.patience.total_s, worth)) as pieces:
                async for piece in pieces:
                    for reply in reader.feed(piece):
                        if worth.uses < MAX_SENTENCES and reply.text.strip():
                            worth.used()
                            yield _sentence(reply, spans, brief)
                            worth.wanted()
                    if reader.unread > LONGEST:
                        worth.flooded = True
                        raise ComposerUnavailable(Why.TOO_LONG.value)
        except ModelUnavailable as error:
            raise ComposerUnavailable(_cause(error)) from error
        reader.close()

    async def rewrite(self, brief: Brief, failed: Sentence, why: str, within_s: float) -> Sentence | None:
        """See ``Writer``: one sentence, or none."""
        spans = spans_of(brief)
        try:
            said = await self.model.ask(_rewriting(brief, spans, failed, why), within_s)
        except ModelUnavailable as error:
            raise ComposerUnavailable(_cause(error)) from error
        reader = SentenceReader()
        replies = [reply for reply in reader.feed(said) if reply.text.strip()]
        reader.close()
        return _sentence(replies[0], spans, brief) if replies else None


def _cause(error: ModelUnavailable) -> str:
    """Why there is no more of a draft. A server that has too much to do is busy, as we are with too many requests."""
    return Why.BUSY.value if error.status in FULL else error.why.value


def spans_of(brief: Brief) -> dict[str, Quotable]:
    """The spans that the model may cite, by id.

    The first passages' spans, put in an order that does not change with the question: documents by name, spans by
    place. So questions about the same passages share the beginning of their prompts, and the server's cache serves it.
    """
    found = [span for passage in brief.retrieved.passages[:MAX_PASSAGES] for span in quotables(passage, window=1)]
    ordered = sorted(found[:MAX_SPANS], key=_place)
    return {f"s{number}": span for number, span in enumerate(ordered, start=1)}


def prompted(brief: Brief, spans: Mapping[str, Quotable]) -> Prompted:
    """The question as the model is asked it: instructions, spans, then what changes with every question."""
    material = "\n\n".join([_listed(spans), *_asked(brief)])
    return Prompted(load_prompt("generate", brief.language).text, material, _REPLY, "generate")


def _rewriting(brief: Brief, spans: Mapping[str, Quotable], failed: Sentence, why: str) -> Prompted:
    """As ``prompted``, with the sentence that failed and the rails' own words for what is wrong with it."""
    fault = _quoted_material({"failed_sentence": failed.text, "fault": why})
    material = "\n\n".join([_listed(spans), *_asked(brief), fault])
    return Prompted(load_prompt("rewrite", brief.language).text, material, _REPLY, "rewrite")


def _asked(brief: Brief) -> list[str]:
    """History and question as the values of a JSON object: a customer's words can end no part of the prompt."""
    earlier = [_quoted_material({"earlier_questions": "\n".join(brief.history)})] if brief.history else []
    return [*earlier, _quoted_material({"question": brief.question})]


def _quoted_material(words: Mapping[str, str]) -> str:
    return json.dumps(words, ensure_ascii=False).translate(_BRACKETS)


def _listed(spans: Mapping[str, Quotable]) -> str:
    lines = (
        f"[{span_id}] {_one_line(heading_of(span))}: {_one_line(text_of(parts_of(span)))}"
        for span_id, span in spans.items()
    )
    return "Spans:\n" + "\n".join(lines)


def _one_line(text: str) -> str:
    """A span stands on a line of its own, and its brackets are not those of an id."""
    return " / ".join(line.strip() for line in text.splitlines() if line.strip()).replace("[", "(").replace("]", ")")


def _place(span: Quotable) -> tuple[str, str, int, int]:
    key, first = span.passage.chunk.key, span.units[0].span
    return key.document, key.version, span.units[-1].span.start, first.start


def _sentence(reply: SentenceReply, spans: Mapping[str, Quotable], brief: Brief) -> Sentence:
    """A sentence with the spans it names. Where one of them does not exist it rests on nothing, and fails."""
    known = all(span_id in spans for span_id in reply.spans)
    cited = [spans[span_id] for span_id in dict.fromkeys(reply.spans)] if known else []
    parts: Iterable[Part] = (part for quotable in cited for part in parts_of(quotable))
    info = brief.retrieved.versions.get(cited[0].passage.chunk.key) if cited else None
    return Sentence(
        text=" ".join(reply.text.split()),
        parts=tuple(dict.fromkeys(parts)),
        title="" if info is None else info.title,
        as_at=None if info is None else info.as_at,
    )
