"""An Assistant that answers from a script and keeps conversations in memory."""

from __future__ import annotations

import asyncio
import itertools
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from app.answering.pieces import Listener, Piece
from app.answering.types import Answer, AnswerStatus, Part, Question, Sentence
from app.assistant.ports import CallBackRequest, ConversationState, Role, TranscriptMessage
from app.conversations.errors import ConversationNotFound
from app.db.errors import DatabaseAway
from app.institutions.errors import UnknownInstitution
from guardrails.types import Disclosure, Reason
from knowledge_bases.schema import (
    Brand,
    Citation,
    Contact,
    Institution,
    Language,
    Sector,
    Span,
    UnitKind,
    VersionKey,
    Wording,
)

PARSE = "ab" * 32
WRITTEN = ("The Gold Card costs HK$600 a year.", "Its first two years are free.")


def an_institution(institution_id: str = "harbour-bank", sites: tuple[str, ...] = ()) -> Institution:
    """A bank as it would be loaded from its institution.yaml."""
    return Institution(
        id=institution_id,
        names=Wording("Harbour Bank (fictional)", "海港銀行（虛構）", "海港银行（虚构）"),
        sectors=(Sector.BANKING,),
        licences=frozenset({"dps_member"}),
        languages=(Language.EN, Language.ZH_HANT, Language.ZH_HANS),
        sites=sites,
        contact=Contact(
            "+852 2000 0000",
            "care@harbourbank.example",
            Wording("Monday to Friday, 9 am to 6 pm", "星期一至五，上午9時至下午6時", "星期一至五，上午9时至下午6时"),
        ),
        brand=Brand("#0b5d66", "#10252b"),
        privacy_document="privacy-notice",
        starters={
            Language.EN: ("What is the annual fee of the gold card?", "How do I report a lost card?"),
            Language.ZH_HANT: ("金卡年費幾多？", "點樣報失信用卡？"),
            Language.ZH_HANS: ("金卡年费是多少？", "怎样报失信用卡？"),
        },
    )


def a_citation(quote: str, start: int = 0, page: int | None = 2) -> Citation:
    """A citation of ``quote`` in the card fees."""
    key = VersionKey("card-fees-en", "2026-01")
    return Citation(key, PARSE, Span(start, start + len(quote)), quote, page, "Annual fees", None)


def a_row_answer(language: Language = Language.EN) -> Answer:
    """The gold card's row with its header and footnote, and the disclosure it owes."""
    header, row, note = "Card | Annual fee", "Gold Card | HK$600*", "* Waived for the first two years."
    parts = (
        Part(UnitKind.HEADER, a_citation(header, 10)),
        Part(UnitKind.ROW, a_citation(row, 40)),
        Part(UnitKind.FOOTNOTE, a_citation(note, 80)),
    )
    words = "\n".join((header, row, note))
    sentence = Sentence(words, parts, "Credit Card Fees and Charges", date(2026, 1, 1), quoted=True)
    disclosure = Disclosure("D09", "To borrow or not to borrow? Borrow only if you can repay!")
    return Answer(
        answer_id="a-1",
        status=AnswerStatus.QUOTED,
        reason=None,
        language=language,
        text="",
        lead="From our documents:",
        sentences=(sentence,),
        disclosures=(disclosure,),
    )


def a_question_back(language: Language = Language.EN) -> Answer:
    """Which of four cards is meant, with what the question owes."""
    names = ("Harbour Platinum Card", "Harbour Gold Card", "Harbour Green Card", "Harbour USD Gold Card")
    choices = tuple(
        Sentence(name, (Part(UnitKind.SENTENCE, a_citation(name, 50 * place)),), "Fees", quoted=True)
        for place, name in enumerate(names)
    )
    answer = a_row_answer(language)
    return replace(answer, status=AnswerStatus.CLARIFYING, lead="Which one do you mean?", sentences=choices)


def a_refusal(language: Language = Language.EN) -> Answer:
    """A question for advice, refused."""
    lead = "I cannot give investment advice. A licensed person can help you."
    return Answer("a-2", AnswerStatus.REFUSED, Reason.ADVICE, language, lead, lead)


def a_growing_answer(answer_id: str, sentences: int = 1) -> Answer:
    """The first ``sentences`` of what a model writes, with what the first one owes."""
    row = a_row_answer()
    said = tuple(replace(row.sentences[0], text=words, quoted=False) for words in WRITTEN[:sentences])
    told = replace(row, answer_id=answer_id, lead="Based on our documents:", sentences=said, places=(1,))
    return replace(told, status=AnswerStatus.ANSWERED)


_SCRIPT = {"buy": a_refusal, "a card": a_question_back}  # by words of the question; any other: a_row_answer


@dataclass
class Writing:
    """An answer in two pieces; the second comes once ``go_on`` is set, or nobody listens any more (``left``), and not
    where its customer stops it.

    ``unfinished`` is what is stored of it, by conversation.
    """

    go_on: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    unfinished: dict[str, Answer] = field(default_factory=dict)

    async def to(self, listener: Listener, answer_id: str, conversation: str) -> Answer:
        first, second = (replace(a_row_answer().sentences[0], text=words, quoted=False) for words in WRITTEN)
        owed = a_row_answer().disclosures
        lead = "Based on our documents:"
        self.unfinished[conversation] = a_growing_answer(answer_id)
        await listener.show(Piece(answer_id, 1, Language.EN, lead, (first,), owed))
        while not self.go_on.is_set():
            await asyncio.sleep(0.02)
            if listener.stopped:
                return replace(a_growing_answer(answer_id), notices=("You stopped this answer here.",))
            if await listener.gone():
                self.left.set()
                break
        await listener.show(Piece(answer_id, 2, Language.EN, "", (second,), ()))
        return a_growing_answer(answer_id, 2)


@dataclass
class Kept:
    """One conversation of the fake."""

    institution: str
    language: Language
    origin: str
    state: ConversationState = ConversationState.ASSISTANT
    messages: list[TranscriptMessage] = field(default_factory=list)


class FakeAssistant:
    """Keeps the contract of app.assistant.ports.Assistant; ``fails`` makes every question raise.

    ``away``: the database is, and only what was read of institutions before is known; nothing was where ``unread``.
    A question to "write" is answered as a model writes: ``writes`` says how.
    """

    def __init__(self, *institutions: Institution) -> None:
        self.institutions = {institution.id: institution for institution in institutions}
        self.conversations: dict[str, Kept] = {}
        self.ratings: dict[str, bool] = {}
        self.call_backs: list[CallBackRequest] = []
        self.fails = self.away = self.unread = False
        self.writes = Writing()
        self.open_questions: dict[str, TranscriptMessage] = {}
        self._numbers = itertools.count(1)

    def institution(self, institution_id: str) -> Institution:
        self._reach(self.unread)
        if institution_id not in self.institutions:
            raise UnknownInstitution(institution_id)
        return self.institutions[institution_id]

    def open_conversation(self, institution_id: str, language: Language, origin: str) -> str:
        self._reach()
        conversation_id = f"c-{next(self._numbers)}"
        self.conversations[conversation_id] = Kept(institution_id, language, origin)
        return conversation_id

    def conversation_state(self, institution_id: str, conversation_id: str) -> ConversationState:
        return self._kept(institution_id, conversation_id).state

    def transcript(self, institution_id: str, conversation_id: str) -> tuple[TranscriptMessage, ...]:
        return tuple(self._kept(institution_id, conversation_id).messages)

    def unfinished(self, institution_id: str, conversation_id: str) -> tuple[Answer, ...]:
        self._kept(institution_id, conversation_id)
        growing = self.writes.unfinished.get(conversation_id)
        return () if growing is None else (growing,)

    def unheard(self, institution_id: str, conversation_id: str) -> tuple[TranscriptMessage, ...]:
        self._kept(institution_id, conversation_id)
        question = self.open_questions.get(conversation_id)
        return () if question is None else (question,)

    async def ask(self, question: Question, listener: Listener | None = None) -> Answer | None:
        if self.fails:
            raise RuntimeError("the secret inside of an exception")
        assert question.conversation_id is not None
        kept = self._kept(question.institution_id, question.conversation_id)
        self._say(kept, Role.CUSTOMER, question.text)
        if kept.state is ConversationState.HUMAN:
            return None
        language = question.language or Language.EN
        if "write" in question.text and listener is not None:
            written = await self.writes.to(listener, f"a-{next(self._numbers)}", question.conversation_id)
            self.writes.unfinished.pop(question.conversation_id)
            self._say(kept, Role.ASSISTANT, written.lead, written)
            return written
        script = next((answer for words, answer in _SCRIPT.items() if words in question.text), a_row_answer)
        answer = replace(script(language), answer_id=f"a-{next(self._numbers)}")
        self._say(kept, Role.ASSISTANT, answer.lead, answer)
        return answer

    def rate(self, institution_id: str, conversation_id: str, answer_id: str, *, helpful: bool) -> None:
        self._kept(institution_id, conversation_id)
        self.ratings[answer_id] = helpful

    def want_human(self, institution_id: str, conversation_id: str, language: Language) -> Answer:
        kept = self._kept(institution_id, conversation_id)
        kept.state = ConversationState.HUMAN
        lead = "A person will help you. Call +852 2000 0000, Monday to Friday, 9 am to 6 pm."
        answer = Answer("a-h", AnswerStatus.HANDED_OFF, Reason.HUMAN_WANTED, language, lead, lead)
        self._say(kept, Role.ASSISTANT, lead, answer)
        return answer

    def look_after(self, institution_id: str, conversation_id: str) -> None:
        self._kept(institution_id, conversation_id)

    def request_call_back(self, institution_id: str, conversation_id: str, request: CallBackRequest) -> str:
        self._kept(institution_id, conversation_id)
        self.call_backs.append(request)
        return f"CB-{len(self.call_backs):04}"

    def _kept(self, institution_id: str, conversation_id: str) -> Kept:
        self._reach()
        kept = self.conversations.get(conversation_id)
        if kept is None or kept.institution != institution_id:
            raise ConversationNotFound(conversation_id)
        return kept

    def _reach(self, needed: bool = True) -> None:
        if self.away and needed:
            raise DatabaseAway

    @staticmethod
    def _say(kept: Kept, role: Role, text: str, answer: Answer | None = None) -> None:
        kept.messages.append(TranscriptMessage(role, text, datetime.now(UTC), answer))
