"""A figure that the customer takes for granted, and the cited words say otherwise (P23: no sycophancy)."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.texts import texts
from app.answering.types import Sentence
from guardrails.quantities import MONEY, Quantity, quantities
from knowledge_bases.schema import Language

_NAMES = {
    "": "{value}",
    MONEY: "${value}",
    "HKD": "HK${value}",
    "USD": "US${value}",
    "CNY": "RMB{value}",
    "percent": "{value}%",
}


def correction(question: str, sentences: Sequence[Sentence], language: Language) -> str:
    """A line naming a figure of ``question`` and those of its kind in the first cited sentence; empty where they agree.

    Only amounts and percentages are compared: a question's days and years are mostly its own story.
    """
    said = [quantity for quantity in quantities(question) if _comparable(quantity)]
    cited = [quantity for sentence in sentences for quantity in quantities(sentence.text)]
    leading = [quantity for quantity in quantities(sentences[0].text) if _comparable(quantity)] if sentences else []
    for quantity in said:
        others = [other for other in leading if _same_kind(quantity, other)]
        if others and not any(quantity.stands_for(other) or quantity.value == other.value for other in cited):
            found = texts(language)["comma"].join(dict.fromkeys(_written(other) for other in others[:3]))
            return texts(language)["notice_premise"].format(said=_written(quantity), found=found)
    return ""


def _comparable(quantity: Quantity) -> bool:
    return quantity.unit not in ("date", "minute", "hour", "day", "week", "month", "year")


def _same_kind(one: Quantity, other: Quantity) -> bool:
    if "percent" in (one.unit, other.unit):
        return one.unit == other.unit
    return one.value >= 1000 and other.value >= 1000


def _written(quantity: Quantity) -> str:
    value = f"{quantity.value:,f}"
    return _NAMES.get(quantity.unit, f"{quantity.unit} {{value}}").format(value=value)
