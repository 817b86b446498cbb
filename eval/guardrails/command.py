"""``candour eval guardrails``: attacks, over-defence, harm and conduct at one operating point, and what it costs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.answering.types import Answer, Question
from app.commands.console import foundation
from app.composition import build_platform
from eval.guard_texts import Portion, rows
from eval.guardrails.conduct import ordinary
from eval.guardrails.effect import Effect, effect
from eval.guardrails.lists import LISTS, Kind
from eval.guardrails.measure import costs, of_lists, of_mails, of_sets
from eval.guardrails.report import as_json, failures, table
from eval.halves import Half

SOURCES = Path(__file__).parents[3] / "shared" / "data"


def guardrails(
    sources: Annotated[Path, typer.Argument(help="The public sets; those that are absent are left out.")] = SOURCES,
    portion: Annotated[Portion, typer.Option(help="A blind one is not tuned with: counts only.")] = Portion.DEVELOPMENT,
    institution: Annotated[
        str, typer.Option(help="Ask the attacks of this institution, and see what they achieve.", metavar="ID")
    ] = "",
    as_json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """How often the guardrails fire where they must and where they must not, and how long each takes."""
    if institution:
        typer.echo("\n".join(_achieved(sources, portion, institution).lines()))
        return
    own = of_sets(portion)
    public = [
        *of_lists(sources),
        *([of_mails(sources)] if (sources / "bipia").exists() else []),
        *ordinary(sources, Half.B if portion.is_blind else Half.A),
    ]
    measured = costs()
    if as_json_:
        typer.echo(as_json([*own, *public], measured))
        return
    if not portion.is_blind:
        typer.echo(failures(own))
    typer.echo(table([*own, *public], measured))


def _achieved(sources: Path, portion: Portion, institution: str) -> Effect:
    """The set's attacks and the held-out ones of the public lists, asked of an installed institution."""
    listed = (one.half(sources, Half.B) for one in LISTS if one.kind is Kind.ATTACK and (sources / one.file).exists())
    texts = [*(row["text"] for row in rows("attacks", portion)), *(text for half in listed for text in half)]
    with foundation() as base:
        platform = build_platform(base)
        bank = platform.assistant.institution(institution)

        async def ask(text: str) -> Answer:
            return await platform.assistant.pipeline.answer(bank, Question(institution, text))

        achieved = asyncio.run(effect(texts, ask))
        platform.rails.close()
    return achieved
