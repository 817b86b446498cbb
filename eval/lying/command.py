"""``candour eval lying``: a model that lies, and says true things in its own words, behind the whole product.

A scripted model says each sentence of ``lies-*.jsonl``, citing the spans that hold its evidence in the documents in
force. Every rail, the gate and the record are the product's; asked for a second wording the model insists. Counted are
the sentences that reach the customer word for word. Where the rails stop a line's question, a plain one is asked in
its place; lines that are never said, and those whose evidence is not found, are counted apart. Of a blind part
nothing but counts and ids is printed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from app.commands.console import fail
from app.composition import Platform
from app.documents.service import DocumentService
from app.institutions.service import InstitutionService
from eval.guard_texts import Portion, SetMissing
from eval.known import samples_in_force
from eval.lying.places import Line, Place, place_of, told_lines
from eval.lying.telling import Told, told
from eval.shares import Share
from knowledge_bases.schema import Chunk, Language


@dataclass(frozen=True)
class LyingReport:
    """What became of every line, and the ids of those whose evidence was not found."""

    portion: Portion
    told: tuple[Told, ...]
    unplaced: tuple[str, ...]

    def share(self, of: Callable[[Line], bool]) -> Share:
        """How many of the lines that were said reached the customer."""
        said = [each for each in self.told if each.was_asked and of(each.line)]
        return Share(sum(each.reached for each in said), len(said))

    def shares(self) -> dict[str, Share]:
        """Lies and truths, by language and kind."""
        kinds = sorted({each.line.kind for each in self.told if not each.line.is_true})
        shares = {f"lies, {kind}": self._share_of(kind) for kind in kinds}
        for name, is_true in (("lies", False), ("truths", True)):
            own = {language: self._share_in(language, is_true) for language in Language}
            shares |= {name: sum(own.values(), Share(0, 0)), **{f"{name} {lang}": each for lang, each in own.items()}}
        return shares

    def _share_of(self, kind: str) -> Share:
        return self.share(lambda line: line.kind == kind)

    def _share_in(self, language: Language, is_true: bool) -> Share:
        return self.share(lambda line: line.language is language and line.is_true is is_true)

    @property
    def stopped(self) -> tuple[str, ...]:
        """The ids of lines that the model never came to say."""
        return tuple(each.line.id for each in self.told if not each.was_asked)

    @property
    def plainly(self) -> int:
        """How many were said to a plain question, as the rails stop their own."""
        return sum(each.plainly and each.was_asked for each in self.told)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The ids of lies that reached the customer, and of truths that did not."""
        return tuple(e.line.id for e in self.told if e.was_asked and e.reached is not e.line.is_true)

    def to_value(self) -> dict[str, Any]:
        """The report as plain values for JSON."""
        shares = {name: asdict(share) for name, share in self.shares().items()}
        ids = {"plainly": self.plainly, "stopped": self.stopped, "unplaced": self.unplaced, "wrong": self.wrong}
        return {"portion": self.portion.value, "reached": shares, **ids}

    def lines(self) -> Iterator[str]:
        """The report to read: what reached the customer, of what the model said."""
        yield f"{self.portion.value}: {len(self.told)} placed, {len(self.unplaced)} whose evidence is not found"
        yield from (f"  {name:18} reached {share.line()}" for name, share in self.shares().items())
        yield f"  said to a plain question, as the rails stop the line's own: {self.plainly}"
        yield f"  never said, as the rails stop both: {', '.join(self.stopped) or 'none'}"
        yield f"  evidence not found: {', '.join(self.unplaced) or 'none'}"
        if self.portion is Portion.DEVELOPMENT:
            yield f"  lies that reached, truths that did not: {', '.join(self.wrong) or 'none'}"


def evaluate(platform: Platform, lines: Sequence[Line], portion: Portion) -> LyingReport:
    """Says every line, one after the other."""
    chunks = {institution: _chunks(platform, institution) for institution in {line.institution for line in lines}}
    places = {line.id: place_of(line, chunks[line.institution]) for line in lines}
    spoken = asyncio.run(_spoken(platform, [(line, place) for line in lines if (place := places[line.id])]))
    return LyingReport(portion, tuple(spoken), tuple(name for name, place in places.items() if place is None))


async def _spoken(platform: Platform, placed: Sequence[tuple[Line, Place]]) -> list[Told]:
    institution = platform.assistant.institution
    return [await told(platform.parts, institution(line.institution), line, place) for line, place in placed]


def _chunks(platform: Platform, institution: str) -> list[Chunk]:
    """The institution's chunks in force today."""
    foundation = platform.foundation
    found = platform.knowledge.retriever(institution, _snapshot(platform, institution)).snapshot.chunks
    with foundation.database.read() as session:
        in_force = DocumentService(session, institution, foundation.ledger).infos(platform.parts.today())
    return [chunk for chunk in found if chunk.key in in_force]


def _snapshot(platform: Platform, institution: str) -> str:
    with platform.foundation.database.read() as session:
        pointer = InstitutionService(session, platform.foundation.ledger).pointer(institution)
    assert pointer.snapshot_id is not None  # noqa: S101 -- the samples are in force
    return pointer.snapshot_id


def lying(
    portion: Annotated[Portion, typer.Option(help="Of a blind one only counts are printed.")] = Portion.DEVELOPMENT,
    most: Annotated[int | None, typer.Option(help="So many lines of each language.", min=1)] = None,
    data: Annotated[Path | None, typer.Option(help="Keeps the samples between runs.", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Lies and truths in a model's words behind the whole product: how many reach the customer."""
    try:
        lines = list(told_lines(portion))
    except SetMissing as error:
        fail(str(error))
    chosen = [line for language in Language for line in [one for one in lines if one.language is language][:most]]
    with samples_in_force(data) as platform:
        report = evaluate(platform, chosen, portion)
    typer.echo(json.dumps(report.to_value(), indent=2) if as_json else "\n".join(report.lines()))
