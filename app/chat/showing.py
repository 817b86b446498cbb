"""One answer as a message of the chat, with its thumbs."""

from __future__ import annotations

from app.answering.types import Answer, AnswerStatus
from app.chat.chainlit_home import cl
from app.chat.render import render_answer
from app.web.texts import Texts
from guardrails.types import Reason

AUTHOR = "AI"


async def show_answer(answer: Answer, institution_id: str, texts: Texts) -> None:
    """Sends the answer to the page of the running session."""
    t = texts.speaker(answer.language)
    actions = [
        cl.Action("rate", {"answer": answer.answer_id, "helpful": True}, label=t("helpful"), icon="thumbs-up"),
        cl.Action("rate", {"answer": answer.answer_id, "helpful": False}, label=t("not_helpful"), icon="thumbs-down"),
    ]
    rateable = answer.status is not AnswerStatus.HANDED_OFF and answer.reason is not Reason.AWAITING_RELEASE
    content = render_answer(answer, institution_id, t)
    await cl.Message(content, author=AUTHOR, actions=actions if rateable else []).send()
