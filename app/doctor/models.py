"""The served models: each address is asked for one token, as nothing else shows that a model still speaks."""

from __future__ import annotations

import asyncio

from app.answering.models.addresses import AddressCondition
from app.answering.models.registry import Models
from app.answering.models.settings import EVERYBODY
from app.answering.models.types import Limits
from app.doctor.part import Part
from app.settings import Settings


def served(settings: Settings) -> tuple[Part, ...]:
    """A part for each institution with a model, and one for all others where they have one.

    Whether requests of customers opened a circuit, only the process that answers them knows: /readyz and /metrics.
    """
    served = settings.served_models
    if not served:
        return (Part("model", True, "none configured: answers are quotes only"),)
    conditions = asyncio.run(_probed(settings))
    return tuple(
        Part(
            "model" if institution_id == EVERYBODY else f"model of {institution_id}",
            all(address.up for address in conditions[institution_id]),
            f"{model.model} at {', '.join(map(_told, conditions[institution_id]))}; {_bounds(model.limits)}",
        )
        for institution_id, model in served.items()
    )


async def _probed(settings: Settings) -> dict[str, tuple[AddressCondition, ...]]:
    models = Models(settings.served_models, settings.model_key, b"")
    try:
        await models.probe()
        return models.conditions()
    finally:
        await models.aclose()


def _told(address: AddressCondition) -> str:
    return (
        f"{address.url} up" if address.up else f"{address.url} down ({address.why}): start it, or correct its address"
    )


def _bounds(limits: Limits) -> str:
    return (
        f"first sentence within {limits.first_sentence_s:g} s, all within {limits.total_s:g} s, "
        f"{limits.max_tokens} tokens, {limits.at_once} at once"
    )
