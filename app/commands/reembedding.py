"""``candour knowledge reembed``: which model each institution is served with, and changing it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.commands.console import err, fail, foundation, print_json
from app.commands.knowledge import BY, AllOption, announce, chosen
from app.commands.questions import JsonOption
from app.composition import ingestion_embedder
from app.embedding.changes import Changes
from app.embedding.standing import Standing, says, standing_of
from app.foundation import Foundation
from retrieval.ports import Embedder


def reembed(
    institution: AllOption = None,
    start: Annotated[bool, typer.Option("--start", help="Have a worker change to the model of the settings.")] = False,
    here: Annotated[bool, typer.Option("--here", help="As --start, and do it in this process.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="End what is under way; the old model stays.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show which model serves each institution, or change it: the old index answers until the new one is complete.

    What a kill interrupts goes on from there, in a worker or with --here. Exit status 1 where a change did not come
    about.
    """
    if cancel and (start or here):
        fail("--cancel ends a change and --start or --here begins one: give one of them", 2)
    with foundation() as base:
        told, embedder = [], ingestion_embedder(base)
        for one in chosen(base, institution):
            standing = standing_of(base, one, embedder.id)
            if cancel:
                _cancel(base, standing)
            elif (start or here) and standing.differs:
                _ask(base, standing)
                if here:
                    _work(base, one, embedder)
            told.append(standing_of(base, one, embedder.id))
    if as_json:
        print_json({"institutions": [_json(each) for each in told]})
    else:
        for each in told:
            typer.echo(f"{each.institution_id}: {says(each)}")
    if here and any(_came_to_nothing(each) for each in told):
        raise typer.Exit(1)


def _came_to_nothing(standing: Standing) -> bool:
    """Whether the change to the model of the settings did; one to another model, cancelled before, is no matter now."""
    change = standing.change
    return change is not None and change.embedder_id == standing.wanted and change.problem is not None


def _ask(base: Foundation, standing: Standing) -> None:
    with base.database.write() as session:
        Changes(session, standing.institution_id, base.ledger).ask(standing.wanted, BY)


def _cancel(base: Foundation, standing: Standing) -> None:
    change = standing.change
    if change is not None and change.is_open:
        with base.database.write() as session:
            Changes(session, standing.institution_id, base.ledger).end(change.embedder_id, BY, "cancelled")


def _work(base: Foundation, institution_id: str, embedder: Embedder) -> None:
    from app.jobs.ingest import Ingestion  # the parsers and the queue come with it
    from app.jobs.reembed import Reembedding

    change = standing_of(base, institution_id, embedder.id).change
    if change is not None and change.is_open:
        err.print(f"{institution_id}: embedding by {change.embedder_id}", markup=False)
        Reembedding(Ingestion(base, embedder), institution_id, BY, announce).run(change)


def _json(standing: Standing) -> dict[str, Any]:
    change = standing.change
    return {
        "institution": standing.institution_id,
        "served_by": standing.served,
        "settings_ask_for": standing.wanted,
        "change": None
        if change is None
        else {
            "to": change.embedder_id,
            "asked_by": change.asked_by,
            "asked_at": change.asked_at.isoformat(),
            "done": change.done,
            "total": change.total,
            "problem": change.problem,
            "done_at": None if change.done_at is None else change.done_at.isoformat(),
        },
    }
