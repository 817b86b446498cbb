"""How often the facts proposed for uploaded files are those their owners gave: the sample institutions' documents.

    python -m eval.proposals

Every document is proposed twice as if it were new, its facts taken away: once into a knowledge base that holds all the
institution's others, once together with all of them into an empty one. And each of these twice: with the file's name
as it came, which says much here, and with a name that says nothing. "empty" counts cells left to the person.

Last, all of them come as bulk-00, bulk-01 … in one batch: no file may be proposed as a version of another's document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import typer

from app.batches.likeness import Sketch, sketch
from app.batches.proposals import Proposal, ReadFile, propose
from app.batches.readings import reading_of
from app.samples import sample_folders
from ingestion.sandbox import parse_file
from knowledge_bases.loader import DocumentSource, InstitutionFolder
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import VersionInfo, VersionKey

FIELDS = (
    *("language", "title", "document", "version", "as_at", "effective_from", "effective_to"),
    *("product", "tags", "sibling", "sector", "owner", "new version"),
)
TODAY = date(2026, 11, 25)


@dataclass(frozen=True)
class Sample:
    """A document of a sample institution."""

    source: DocumentSource
    parsed: ParsedDocument
    sketch: Sketch

    @property
    def info(self) -> VersionInfo:
        """What its owner says of it."""
        return self.source.info

    def file(self, number: int, *, named: bool, known: Iterable[tuple[VersionKey, Sketch]]) -> ReadFile:
        """It as a file of a batch, its name kept or taken away."""
        name = self.source.path.name if named else f"document-{number}{self.source.path.suffix}"
        return ReadFile(name, reading_of(self.parsed, known))


@dataclass
class Tally:
    """Right, empty and wrong cells a field."""

    counts: dict[str, list[int]]

    @classmethod
    def empty(cls) -> Tally:
        return cls({name: [0, 0, 0] for name in FIELDS})

    def add(self, truth: VersionInfo, known: set[str], proposal: Proposal) -> None:
        """Compare one proposal with what its owner says."""
        wanted = expected(truth, known)
        given = {**proposal.fields, "new version": str(proposal.fields["document"] in known)}
        for name in FIELDS:
            right = _same(given[name], wanted[name])
            self.counts[name][0 if right else 1 if not given[name] else 2] += 1


def expected(info: VersionInfo, known: set[str]) -> dict[str, str]:
    """The owner's facts as a form's fields."""
    days = {"as_at": info.as_at, "effective_from": info.effective_from, "effective_to": info.effective_to}
    return {
        **{name: day.isoformat() if day else "" for name, day in days.items()},
        "language": info.language.value,
        "title": info.title,
        "document": info.key.document,
        "version": info.key.version,
        "product": info.product or "",
        "tags": ", ".join(sorted(info.tags)),
        "sibling": info.sibling or "",
        "sector": info.sector.value if info.sector else "",
        "owner": info.owner or "",
        "new version": str(info.key.document in known),
    }


def samples(loaded: InstitutionFolder) -> list[Sample]:
    """The documents of one sample institution, parsed."""
    parsed = [(source, parse_file(source.path, source.path.name)) for source in loaded.sources]
    return [Sample(source, each, sketch(each.text, source.info.language)) for source, each in parsed]


def one_by_one(all_samples: list[Sample], tally: Tally, *, named: bool) -> None:
    """Each into a knowledge base of all the others."""
    for number, sample in enumerate(all_samples):
        others = [other for other in all_samples if other is not sample]
        file = sample.file(number, named=named, known=[(o.info.key, o.sketch) for o in others])
        proposal = propose([file], [other.info for other in others], TODAY)[0]
        tally.add(sample.info, {other.info.key.document for other in others}, proposal)


def all_at_once(all_samples: list[Sample], tally: Tally, *, named: bool) -> None:
    """All of them in one batch, into an empty knowledge base."""
    files = [sample.file(number, named=named, known=()) for number, sample in enumerate(all_samples)]
    for sample, proposal in zip(all_samples, propose(files, (), TODAY), strict=True):
        tally.add(sample.info, set(), proposal)


def not_apart(all_samples: list[Sample]) -> int:
    """How many files, numbered and all at once, share a proposed id with a file of another document."""
    files = [ReadFile(f"bulk-{n:02}.pdf", s.file(n, named=True, known=()).reading) for n, s in enumerate(all_samples)]
    owners: dict[str, set[str]] = {}
    ids = [proposal.fields["document"] for proposal in propose(files, (), TODAY)]
    for document, sample in zip(ids, all_samples, strict=True):
        owners.setdefault(document, set()).add(sample.info.key.document)
    return sum(len(owners[document]) > 1 for document in ids)


def _same(given: str, wanted: str) -> bool:
    return given.casefold() == wanted.casefold()


def main() -> None:
    """Prints a table a setting."""
    every = [samples(folder) for folder in sample_folders()]
    ways: tuple[tuple[str, Callable[..., None]], ...] = (
        ("into a knowledge base of the others", one_by_one),
        ("all at once into an empty one", all_at_once),
    )
    for title, way in ways:
        for named in (True, False):
            tally = Tally.empty()
            for institution in every:
                way(institution, tally, named=named)
            _print(f"{title}; file names {'kept' if named else 'taken away'}", tally)
    wrong, total = sum(map(not_apart, every)), sum(map(len, every))
    typer.echo(f"\nnumbered files, all at once: {wrong} of {total} share an id with another document's file")


def _print(title: str, tally: Tally) -> None:
    typer.echo(f"\n{title}\n{'field':16} right  empty  wrong")
    for name, (right, empty, wrong) in tally.counts.items():
        typer.echo(f"{name:16} {right:5}  {empty:5}  {wrong:5}  {right / (right + empty + wrong):6.1%}")


if __name__ == "__main__":
    typer.run(main)
