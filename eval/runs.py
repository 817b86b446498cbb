"""Rankings in the form of TREC: a line a document, ``query Q0 document rank score tag``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from eval.datasets import DatasetInvalid
from eval.systems import Asked, K, Ranked, Search


def write_run(path: Path, rankings: Mapping[str, Ranked], tag: str) -> None:
    """Write each query's documents, ranks from 1, where ``make_room`` made room.

    Raises:
        DatasetInvalid: an id has a blank in it, which the form cannot hold.
    """
    path.write_text("".join(f"{line}\n" for line in _lines(rankings, tag)), "utf-8")


def make_room(path: Path) -> None:
    """Make sure that a run can be written to ``path`` before what it takes to measure one is spent.

    Raises:
        DatasetInvalid: it cannot.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as error:
        raise DatasetInvalid(f"no run can be written to {path} ({error.strerror}): name another file") from error


def recorded(path: Path) -> Search:
    """A run as a system: it answers with what is written there, with nothing to a question that is not.

    Raises:
        DatasetInvalid: the file cannot be read, or a line is not of the form.
    """
    rankings: dict[str, list[tuple[int, str, float]]] = {}
    for number, line in enumerate(_text(path).splitlines(), 1):
        try:
            query, _, document, rank, score, _ = line.split()
            rankings.setdefault(query, []).append((int(rank), document, float(score)))
        except ValueError as error:
            raise DatasetInvalid(f"{path}, line {number}: wanted query Q0 document rank score tag") from error

    def search(asked: Asked) -> Ranked:
        return [(document, score) for _, document, score in sorted(rankings.get(asked.key, ()))[:K]]

    return search


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"{path} cannot be read: {error}") from error


def run_file(path: Path, suite: str, is_only: bool) -> Path:
    """Where a suite's run goes: ``path``, or one beside it named after the suite too where there are several."""
    return path if is_only else path.with_name(f"{path.stem}-{suite}{path.suffix}")


def _lines(rankings: Mapping[str, Ranked], tag: str) -> Iterator[str]:
    for query, ranked in rankings.items():
        for rank, (document, score) in enumerate(ranked, 1):
            yield f"{_id(query)} Q0 {_id(document)} {rank} {score:.6f} {tag}"


def _id(name: str) -> str:
    if len(name.split()) != 1:
        raise DatasetInvalid(f"the id {name!r} has a blank in it, which a run file cannot hold: rename it in the set")
    return name
