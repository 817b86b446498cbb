"""Finds the blocks of a document that give a model orders; what an order is, ``guardrails.document_orders`` knows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from guardrails.document_orders import OTHER_SCRIPT, may_order, order_in, trigger_places
from ingestion.parsers.hidden.report import hidden_text
from knowledge_bases.parsed import Block, HiddenText, Hiding, ParsedDocument


def orders_in(document: ParsedDocument) -> Iterator[HiddenText]:
    """One entry for each block that tells a model what to do, with its words from shortly before the order."""
    for block in _near_triggers(document):
        order = order_in(block.span.slice(document.text))
        if order is not None:
            where = block.heading_path[-1][:80] if block.page is None and block.heading_path else None
            yield from hidden_text(Hiding.INSTRUCTION, order, block.page, where)


def _near_triggers(document: ParsedDocument) -> Iterator[Block]:
    """The blocks that may hold a trigger: the whole text is looked through once for each, not each block for all."""
    text = document.text
    lower = text.lower()
    strange = [found.start() for found in OTHER_SCRIPT.finditer(text)]
    places = sorted([*trigger_places(lower), *strange])
    if not places or (strange and not may_order(text)):
        return
    for block in document.blocks:
        following = bisect_left(places, block.span.start)
        near = following < len(places) and places[following] < block.span.end
        if near or len(lower) != len(text):  # a letter whose small form is two moves all after it
            yield block
