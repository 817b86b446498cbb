"""Models over scripted servers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from app.answering.models.errors import ModelUnavailable
from app.answering.models.registry import Models
from app.answering.models.settings import ServedModelSettings
from app.answering.models.types import Model, Prompted

BANK = "harbour-bank"
KEY = "sk-very-secret"
FIRST_S = 0.4
PROMPTED = Prompted("Answer from the passages.", "Passages. Question.", {"type": "object"})


@asynccontextmanager
async def models_at(*addresses: str, **changes: object) -> AsyncIterator[Models]:
    """The models of a house in which every institution has the same, at ``addresses``."""
    told = {"addresses": addresses, "model": "tiny", "first_sentence_s": FIRST_S, "total_s": 5.0, **changes}
    models = Models({"*": ServedModelSettings.model_validate(told)}, lambda _: SecretStr(KEY), b"k" * 32)
    try:
        yield models
    finally:
        await models.aclose()


def model_of(models: Models, institution_id: str = BANK) -> Model:
    model = models.of(institution_id)
    assert model is not None
    return model


async def heard(model: Model, within_s: float = 2.0) -> tuple[list[str], ModelUnavailable | None]:
    """The pieces of a reply, and why no more of them came."""
    pieces: list[str] = []
    try:
        async for piece in model.stream(PROMPTED, within_s):
            pieces.append(piece)
    except ModelUnavailable as error:
        return pieces, error
    return pieces, None
