"""What happens when a customer opens the chat, asks, rates or wants a human. Chainlit calls these.

The handlers are plain module functions: who the customer is comes with the socket (app.chat.visit), so that one
Chainlit serves every institution. No exception leaves a handler, for Chainlit would show its text to the customer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec

import structlog
from anyio.to_thread import run_sync

from app.answering.language import detect_language
from app.answering.types import MAX_QUESTION_CHARACTERS, Answer, AnswerStatus, Question
from app.assistant.errors import TooManyMessages
from app.assistant.ports import ConversationState, Role
from app.chat.chainlit_home import cl
from app.chat.errors import TokenRejected
from app.chat.following import follow_person, pick_up, stand_at
from app.chat.greeting import greeting_message
from app.chat.markdown import link, paragraph
from app.chat.picking_up import still_unheard
from app.chat.render import RELOAD
from app.chat.showing import AUTHOR, GROWING, GrowingMessage, show_answer
from app.chat.staff_replies import is_awaited, is_told
from app.chat.visit import Visit, visit_of
from app.db.errors import DatabaseAway
from app.plain_text import unstorable
from guardrails.types import Reason
from knowledge_bases.schema import Language

log = structlog.get_logger()

HUMAN_WANTED = "candour.human"  # posted by the header's button (public/frame.js)

P = ParamSpec("P")


def register_handlers() -> None:
    """Tells Chainlit what to call; again is no harm."""
    cl.on_chat_start(open_chat)
    cl.on_message(receive)
    cl.on_window_message(receive_window_message)
    cl.action_callback("starter")(receive_starter)
    cl.action_callback("choice")(receive_starter)
    cl.action_callback("rate")(receive_rating)


def guarded(handler: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
    """Runs a handler for a customer whose token still holds; says sorry, and how to reach a human, if it fails."""

    @wraps(handler)
    async def safe(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            current_visit().check_time()
            await handler(*args, **kwargs)
        except TokenRejected:
            await _say_expired()
        except Exception as error:
            log.error("chat.handler.failed", handler=handler.__name__, error=type(error).__name__)
            await _say_sorry()

    return safe


def current_visit() -> Visit:
    """The customer behind the running handler.

    Raises:
        TokenForeign: the session was opened in another conversation.
    """
    visit = visit_of(cl.context.session.environ)
    opened = cl.user_session.get("visit")
    if opened is None:
        cl.user_session.set("visit", visit)
    else:
        opened.check_same_conversation(visit)
    return visit


@guarded
async def open_chat() -> None:
    """Greets, then shows again what was said before: a reload or a second tab keeps the conversation."""
    visit = current_visit()
    token, assistant = visit.token, visit.services.assistant
    state = await run_sync(assistant.conversation_state, token.institution, token.conversation)
    answering = token.conversation in visit.services.under_way
    unheard = await run_sync(assistant.unheard, token.institution, token.conversation)
    unfinished = await run_sync(assistant.unfinished, token.institution, token.conversation)
    transcript = await run_sync(assistant.transcript, token.institution, token.conversation)
    starters = () if transcript else visit.institution.starters.get(token.language, ())
    actions = [cl.Action("starter", {"text": text}, label=text) for text in starters]
    await cl.Message(greeting_message(visit), author=AUTHOR, actions=actions).send()
    line = stand_at(sum(is_told(message) for message in transcript)).line
    for message in transcript:
        await line.show(message)
    asked = still_unheard(unheard, transcript)
    for question in asked:
        await line.show(question)
    if asked:
        await _say(paragraph(visit.speaker("being_answered")))
    if answering or unfinished or asked or (transcript and transcript[-1].role is Role.CUSTOMER):
        pick_up(visit, len(transcript), [question.text for question in asked])
    if token.conversation in visit.services.unanswered:
        await _say(paragraph(visit.speaker("unanswered")))
    if state is ConversationState.HUMAN or is_awaited(transcript):
        follow_person()


@guarded
async def receive(message: Any) -> None:
    """A question typed by the customer."""
    await _ask(str(message.content))


@guarded
async def receive_starter(action: Any) -> None:
    """A question taken from the suggestions, or one of the choices; it is shown as if it had been typed."""
    text = str(action.payload["text"])
    await cl.Message(text, author="user", type="user_message").send()
    await _ask(text)


@guarded
async def receive_rating(action: Any) -> None:
    """Thumbs up or down for one answer; the last one wins."""
    visit, helpful = current_visit(), bool(action.payload["helpful"])
    token, answer_id = visit.token, str(action.payload["answer"])
    rate = visit.services.assistant.rate
    await run_sync(lambda: rate(token.institution, token.conversation, answer_id, helpful=helpful))
    await cl.context.emitter.send_toast(visit.speaker("rated_up" if helpful else "rated_down"), "success")


@guarded
async def receive_window_message(message: object) -> None:
    """The header's *A human* button. A page that embeds the chat can post here too: anything else is ignored."""
    if message == HUMAN_WANTED:
        await _hand_over(current_visit())


async def _ask(text: str) -> None:
    visit = current_visit()
    if len(text) > MAX_QUESTION_CHARACTERS:
        return await _say(paragraph(visit.speaker("too_long", limit=str(MAX_QUESTION_CHARACTERS))))
    if not text.strip() or unstorable(text):
        return await _say(paragraph(visit.speaker("unreadable")))
    token = visit.token
    question = Question(token.institution, text, _language_of(text, visit), token.conversation)
    cl.user_session.set("asks", True)
    growing = GrowingMessage(cl.context.session, token.institution, visit.services.texts)
    cl.user_session.set(GROWING, growing)
    try:
        with visit.services.under_way.asking(token.conversation):
            answer = await visit.services.assistant.ask(question, growing)
    except TooManyMessages:
        return await _say(paragraph(visit.speaker("too_fast")))
    except Exception:
        visit.services.unanswered.note(token.conversation)
        await growing.stop()
        raise
    visit.services.unanswered.settle(token.conversation)
    if answer is None:
        return await _say_a_person_will_reply(visit)
    await (growing.end(answer) if growing.begun else _show(answer, visit))
    if answer.status is AnswerStatus.HANDED_OFF or answer.reason is Reason.AWAITING_RELEASE:
        return follow_person()
    if growing.begun and await _is_with_staff(visit):  # handed over in another tab: it ended before its end
        follow_person()


def _language_of(text: str, visit: Visit) -> Language:
    """The customer is answered as they write, whatever language the page around the chat speaks."""
    written = detect_language(text, visit.token.language)
    return written if written in visit.institution.languages else visit.token.language


async def _hand_over(visit: Visit) -> None:
    token, assistant = visit.token, visit.services.assistant
    if await _is_with_staff(visit):
        return await _say_a_person_will_reply(visit)
    answer = await run_sync(assistant.want_human, token.institution, token.conversation, token.language)
    await _show(answer, visit)
    follow_person()


async def _is_with_staff(visit: Visit) -> bool:
    """Whether a person has the conversation, or is waited for."""
    token, assistant = visit.token, visit.services.assistant
    state = await run_sync(assistant.conversation_state, token.institution, token.conversation)
    return state is ConversationState.HUMAN


async def _show(answer: Answer, visit: Visit) -> None:
    await show_answer(answer, visit.token.institution, visit.services.texts)


async def _say_a_person_will_reply(visit: Visit) -> None:
    """Once a session: after that the assistant is silent, and the person's replies are looked out for."""
    follow_person()
    if not cl.user_session.get("told_of_person"):
        cl.user_session.set("told_of_person", True)
        await _say(paragraph(visit.speaker("person_will_reply")))


async def _say_expired() -> None:
    t = visit_of(cl.context.session.environ).speaker
    await _say(f"{paragraph(t('expired'))} {link(t('reload'), RELOAD)}")


async def _say_sorry() -> None:
    """Needs nothing but what this process knows already: the database may be what failed."""
    visit = visit_of(cl.context.session.environ)
    lines = [_sorry(visit)]
    if visit.token.conversation in visit.services.unanswered:
        lines.append(visit.speaker("not_kept"))
    await _say(paragraph(" ".join(lines)))


def _sorry(visit: Visit) -> str:
    try:
        contact = visit.institution.contact
    except DatabaseAway:  # and this process has not read the institution before
        return visit.speaker("sorry_without_contact")
    return visit.speaker("sorry", phone=contact.phone, hours=contact.hours.in_language(visit.token.language))


async def _say(markdown: str) -> None:
    await cl.Message(markdown, author=AUTHOR).send()
