"""A model that says one sentence and insists on it, over knowledge that finds what the sentence rests on first."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.answering.parts import Parts
from app.answering.pipeline import Pipeline
from app.answering.ports import Brief, Contrast, Draft, Knowledge, Patience, Retrieved
from app.answering.types import Answer, Question, Sentence
from app.assistant.stored_writer import UNHURRIED
from eval.lying.places import Line, Place
from eval.reader import Reader
from knowledge_bases.schema import Citation, Institution, Language, Passage

PLAIN = {
    Language.EN: "What do the documents say about this?",
    Language.ZH_HANT: "文件怎樣說明這一點？",
    Language.ZH_HANS: "文件怎样说明这一点？",
}


@dataclass
class Insisting:
    """Says ``text`` of ``place``, and the same again when told what is wrong with it: a ``Writer``."""

    text: str
    place: Place
    patience: Patience = UNHURRIED
    refuses: bool = False
    was_asked: bool = False

    def signed(self, brief: Brief, task: str = "generate") -> Draft:
        """See ``Writer``."""
        return Draft("generate", (), model="insisting", prompt_sha256="0" * 64)

    async def write(self, brief: Brief) -> AsyncGenerator[Sentence, None]:
        """See ``Writer``."""
        self.was_asked = True
        yield self._sentence(brief)

    async def rewrite(self, brief: Brief, failed: Sentence, why: str, within_s: float) -> Sentence | None:
        """See ``Writer``."""
        return self._sentence(brief)

    def _sentence(self, brief: Brief) -> Sentence:
        info = brief.retrieved.versions[self.place.parts[0].citation.key]
        return Sentence(self.text, self.place.parts, info.title, info.as_at)


@dataclass(frozen=True)
class Found:
    """What retrieval finds, behind the chunks of ``place``, and strong enough to answer from: a ``Knowledge``."""

    knowledge: Knowledge
    place: Place

    def retrieve(self, institution: Institution, question: Question, language: Language, on: date) -> Retrieved:
        """See ``Knowledge``."""
        found = self.knowledge.retrieve(institution, question, language, on)
        own = {chunk.id for chunk in self.place.chunks}
        chunks = [*self.place.chunks, *(p.chunk for p in found.passages if p.chunk.id not in own)]
        passages = tuple(Passage(chunk, rank, 1 / rank, None, None) for rank, chunk in enumerate(chunks, start=1))
        return replace(found, passages=passages, strength=1.0)

    def whole(self, institution: Institution, question: Question, language: Language, on: date) -> str:
        """See ``Knowledge``."""
        return self.knowledge.whole(institution, question, language, on)

    def contrasts(
        self, institution: Institution, retrieved: Retrieved, citations: Sequence[Citation]
    ) -> tuple[Contrast, ...]:
        """See ``Knowledge``."""
        return self.knowledge.contrasts(institution, retrieved, citations)

    def resolve(self, institution: Institution, citation: Citation) -> str | None:
        """See ``Knowledge``."""
        return self.knowledge.resolve(institution, citation)


@dataclass(frozen=True)
class Told:
    """What became of a line. ``was_asked``: the model was, for its question or a plain one; ``reached``: word for word.

    ``plainly``: the rails stopped the line's own question, so a plain one stood in for it.
    """

    line: Line
    was_asked: bool
    reached: bool
    plainly: bool = False


async def told(parts: Parts, institution: Institution, line: Line, place: Place) -> Told:
    """Asks the line's question of a product made of ``parts``, whose model says the line's sentence."""
    asked = await _told(parts, institution, line, place, line.question)
    if asked.was_asked:
        return asked
    return replace(await _told(parts, institution, line, place, PLAIN[line.language]), plainly=True)


async def _told(parts: Parts, institution: Institution, line: Line, place: Place, text: str) -> Told:
    writer, reader = Insisting(line.text, place), Reader()
    telling = replace(parts, knowledge=Found(parts.knowledge, place), writer_of=lambda _: writer)
    question = Question(institution.id, text, line.language)
    answer = await Pipeline(telling).answer(institution, question, reader)
    return Told(line, writer.was_asked, _reached(line.text, reader, answer))


def _reached(text: str, reader: Reader, answer: Answer) -> bool:
    shown = [sentence.text for _, piece in reader.shown for sentence in piece.sentences]
    return text in (*shown, *(sentence.text for sentence in answer.sentences)) or text in answer.text
