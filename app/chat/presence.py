"""Which pages are there: another one of the same conversation, and one that has come back."""

from __future__ import annotations

from typing import Any

from app.chat.chainlit_home import WebsocketSession, chat_context, cl, is_connected, ws_sessions_id
from app.chat.visit import visit_of

MOST_AGAIN = 10  # messages; a socket is found broken within a minute, and nobody says more in it


def is_read_elsewhere(session: WebsocketSession) -> bool:
    """Whether another page of this process shows the conversation of ``session``, after a reload for instance."""
    token = visit_of(session.environ).token
    whose = (token.institution, token.conversation)
    for other in ws_sessions_id.values():
        theirs = visit_of(other.environ).token
        if other is not session and (theirs.institution, theirs.conversation) == whose and is_connected(other):
            return True
    return False


async def show_what_was_lost() -> None:
    """Sends the page of the running session, which has come back, the last messages again.

    What was sent while its network was gone was taken by a socket that nobody read. A message that the page has is the
    same message: it is shown once.
    """
    for message in chat_context.get()[-MOST_AGAIN:]:
        if message.type == "assistant_message":
            await _send_again(message)


async def _send_again(message: Any) -> None:
    """The page knows messages by their ids; buttons it would show twice, so those it has are taken away first."""
    await cl.context.emitter.send_step(message.to_dict())
    for action in message.actions:
        await action.remove()
        await action.send(for_id=message.id)
