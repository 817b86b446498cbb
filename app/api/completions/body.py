"""A request for a chat completion, and what of it is taken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.answering.types import MAX_QUESTION_CHARACTERS
from app.api.completions.errors import Unsupported
from app.plain_text import unstorable

MOST_MESSAGES = 500
OWN_NAME = "candour"  # the model of whichever institution the key belongs to

# taken and without effect: how an answer is worded, and how long it is, is not the caller's to choose
HARMLESS = frozenset(
    {
        "temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "user", "presence_penalty",
        "frequency_penalty", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key",
        "reasoning_effort", "verbosity", "parallel_tool_calls",
    }
)  # fmt: skip
# refused, but for the values by which a client says that it does not want them
ONLY_AS: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "tools": ([],),
    "tool_choice": ("none", "auto"),
    "functions": ([],),
    "function_call": ("none", "auto"),
    "response_format": ({"type": "text"},),
    "stop": ("", []),
    "logit_bias": ({},),
    "modalities": (["text"],),
}


class StreamOptions(BaseModel):
    """``include_usage``: a last event with the usage, as in OpenAI's API."""

    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class TextPart(BaseModel):
    """A part of a message; only text can be read."""

    model_config = ConfigDict(extra="allow")
    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """A turn as the client tells it."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None


class CompletionBody(BaseModel):
    """OpenAI's request. The last message of the user is the question, their earlier ones are its history.

    `model` is the institution's id, or `candour`. What the client calls system, developer, assistant or tool messages
    is text that anybody may have written: it is ignored, never stored, and counted in the answer's metadata.
    `temperature`, `top_p`, `max_tokens`, `seed`, `user` and their like are taken and have no effect. Parts that are no
    text, `tools`, `n` above 1, `logprobs`, `response_format` and `stop` are refused by name.
    """

    model_config = ConfigDict(extra="allow")
    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MOST_MESSAGES)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked: the question, the customer's earlier turns (oldest first), and how many others were ignored."""

    question: str
    earlier: tuple[str, ...]
    ignored: dict[str, int]


def asked_in(body: CompletionBody) -> Asked:
    """What the request asks.

    Raises:
        Unsupported: it wants what there is not, or asks nothing.
    """
    _require_known(body.model_extra or {})
    texts = [(message.role, _text(message, place)) for place, message in enumerate(body.messages)]
    said = [(place, text) for place, (role, text) in enumerate(texts) if role == "user"]
    if not said:
        raise Unsupported("there is no message of the user", "messages", "invalid_value")
    place, question = said[-1]
    if not question:  # an earlier one was answered before
        raise Unsupported("the user's last message has no text in it", f"messages.{place}.content", "invalid_value")
    if len(question) > MAX_QUESTION_CHARACTERS:
        most = f"a question has at most {MAX_QUESTION_CHARACTERS} characters"
        raise Unsupported(most, f"messages.{place}.content", "string_above_max_length")
    ignored = Counter(role for role, _ in texts if role != "user")
    return Asked(question, tuple(text for _, text in said[:-1] if text), dict(sorted(ignored.items())))


def _require_known(extra: dict[str, Any]) -> None:
    for name, value in extra.items():
        if value is None or name in HARMLESS or value in ONLY_AS.get(name, ()):
            continue
        if name in ONLY_AS:
            raise Unsupported(f"{name} is not supported with this value; leave it out", name, "unsupported_value")
        raise Unsupported(f"{name} is not supported; leave it out", name)


def _text(message: ChatMessage, place: int) -> str:
    """The message's text without blanks around it. Raises Unsupported: a part of it is no text."""
    content = message.content
    parts = content if isinstance(content, list) else []
    for number, part in enumerate(parts):
        if part.type not in ("text", "refusal"):
            where = f"messages.{place}.content.{number}.type"
            raise Unsupported("only parts of the type text can be read", where, "unsupported_value")
    text = content if isinstance(content, str) else "\n".join(part.text for part in parts)
    if unstorable(text):
        where = f"messages.{place}.content"
        raise Unsupported(
            "the text holds a character that can't be stored (NUL or half of a pair)", where, "invalid_value"
        )
    return text.strip()
