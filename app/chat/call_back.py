"""The call-back form's post: personal data goes straight to the assistant's encrypted store."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.assistant.ports import Assistant, CallBackRequest, ConversationState
from app.chat.tokens import CustomerToken
from app.plain_text import STORABLE


class CallBackForm(BaseModel):
    """What the frame's form sends."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=100), STORABLE]
    phone: str = Field(pattern=r"^\+?[0-9][0-9 ()-]{5,24}$")
    preferred_time: Annotated[str, Field(max_length=100), STORABLE] = ""


class CallBackReceipt(BaseModel):
    """``reference`` is what the customer can quote."""

    reference: str


def take_call_back(assistant: Assistant, customer: CustomerToken, form: CallBackForm) -> CallBackReceipt:
    """Stores the request; hands the conversation over first if nobody has yet (the chat's socket may be down)."""
    institution, conversation = customer.institution, customer.conversation
    if assistant.conversation_state(institution, conversation) != ConversationState.HUMAN:
        assistant.want_human(institution, conversation, customer.language)
    request = CallBackRequest(form.name, form.phone, form.preferred_time)
    return CallBackReceipt(reference=assistant.request_call_back(institution, conversation, request))
