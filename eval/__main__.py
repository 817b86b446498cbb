"""``candour eval`` (or ``python -m eval``): one command a suite."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Annotated

import typer

from app.commands.console import fail
from app.embedding.engines import PACKAGED, intent_reader, make_embedder
from app.foundation import lay_foundation
from app.samples import sample_folders
from app.settings import Settings
from eval.answers import SuiteError
from eval.answers_command import answers
from eval.datasets import DatasetInvalid, suites_in
from eval.disclosures import Ground
from eval.disclosures import evaluate as evaluate_disclosures
from eval.embeddings import KeptEmbedder
from eval.grounding import evaluate as evaluate_grounding
from eval.guard_texts import Portion, SetMissing, called, labelled
from eval.guardrails.command import guardrails
from eval.halves import Half
from eval.lies import lies
from eval.lying.command import lying
from eval.passages import evaluate as evaluate_passages
from eval.plain_model import PLAIN
from eval.planted_secrets import planted
from eval.privacy import recall, searched, set_up
from eval.retrieval import Choice
from eval.retrieval import evaluate as evaluate_retrieval
from eval.retrieval_report import RetrievalReport
from eval.runs import make_room, run_file, write_run
from eval.strength import evaluate as evaluate_strength
from eval.strength_report import StrengthReport
from eval.systems import OURS
from eval.unanswerable import OUTSIDE
from guardrails.rulebook import load_rulebook
from knowledge_bases.errors import InstitutionFileError

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FoldersArgument = Annotated[
    list[Path], typer.Argument(help="corpus.jsonl, queries.jsonl and qrels.tsv, or a folder of such.", metavar="DIR...")
]
HalfOption = Annotated[Half | None, typer.Option(help="Ask one half only: tune on A, report B.")]
CacheOption = Annotated[Path, typer.Option(help="Where vectors are kept between runs.", metavar="DIR")]
PUBLIC = Path("../shared/data")
VECTORS = Path(gettempdir()) / "candour-vectors"
cli.command()(answers)
cli.command()(guardrails)
cli.command()(lies)
cli.command()(lying)


@cli.command()
def retrieval(
    folders: FoldersArgument,
    run: Annotated[Path | None, typer.Option(help="Write our rankings here, in TREC's form.", metavar="FILE")] = None,
    half: HalfOption = None,
    alone: Annotated[bool, typer.Option("--alone", help="Leave the baselines out: quicker while tuning.")] = False,
    beside: Annotated[Path | None, typer.Option(help="A run of before to compare with.", metavar="FILE")] = None,
    cache: CacheOption = VECTORS,
    as_json: JsonOption = False,
) -> None:
    """Ranking quality on folders in BEIR form, by set and language, beside baselines in the same run."""
    embedder, plain = (KeptEmbedder(make_embedder(choice), cache) for choice in (PACKAGED, PLAIN))
    try:
        suites = [suite for folder in folders for suite in suites_in(folder)]
        paths = partial(run_file, is_only=len(suites) == 1)
        if run is not None:
            for suite in suites:
                make_room(paths(run, suite.name))
        measured = [
            evaluate_retrieval(suite, embedder, Choice(half, alone, beside and paths(beside, suite.name)), plain)
            for suite in _announced(suites)
        ]
        if run is not None:
            for one in measured:
                write_run(paths(run, one.suite), one.rankings[OURS], OURS)
    except DatasetInvalid as error:
        fail(str(error))
    embedder.keep()
    plain.keep()
    report = RetrievalReport(f"{embedder.id}; baselines: {plain.id}", half, measured)
    typer.echo(json.dumps(report.to_value(), indent=2) if as_json else "\n".join(report.lines()))


@cli.command()
def typing(
    folders: FoldersArgument,
    seed: Annotated[int, typer.Option(help="Of the errors.", metavar="N")] = 1,
    half: HalfOption = None,
    cache: CacheOption = VECTORS,
    as_json: JsonOption = False,
) -> None:
    """Ranking quality where one or two words of each question are mistyped, with and without reading what was meant."""
    embedder = KeptEmbedder(make_embedder(), cache)
    try:
        suites = [suite for folder in folders for suite in suites_in(folder)]
        choice = Choice(half, is_alone=True, typing_errors=seed)
        measured = [evaluate_retrieval(suite, embedder, choice) for suite in _announced(suites)]
    except DatasetInvalid as error:
        fail(str(error))
    embedder.keep()
    report = RetrievalReport(f"{embedder.id}; typing errors of seed {seed}", half, measured)
    typer.echo(json.dumps(report.to_value(), indent=2) if as_json else "\n".join(report.lines()))


@cli.command()
def strength(
    folders: FoldersArgument,
    outside: Annotated[
        Path | None, typer.Option(help="Questions of nowhere; outside.jsonl beside the sets if absent.", metavar="FILE")
    ] = None,
    half: HalfOption = None,
    cache: CacheOption = VECTORS,
    as_json: JsonOption = False,
) -> None:
    """How well the strength of the evidence parts answerable from unanswerable questions, beside plain scores."""
    embedder, plain = (KeptEmbedder(make_embedder(choice), cache) for choice in (PACKAGED, PLAIN))
    try:
        suites = [suite for folder in folders for suite in suites_in(folder)]
        scored = [
            evaluate_strength(suite, outside or suite.parent / OUTSIDE, embedder, half, plain)
            for suite in _announced(suites)
        ]
    except DatasetInvalid as error:
        fail(str(error))
    embedder.keep()
    plain.keep()
    report = StrengthReport(f"{embedder.id}; plain scores: {plain.id}", half, scored)
    typer.echo(json.dumps(report.to_value(), indent=2) if as_json else "\n".join(report.lines()))


@cli.command()
def passages(
    folder: Annotated[Path, typer.Argument(help="<institution>.jsonl files; see eval/passages.py.", metavar="DIR")],
    across: Annotated[bool, typer.Option("--across", help="Search only the gold places' language.")] = False,
    cache: CacheOption = VECTORS,
    as_json: JsonOption = False,
) -> None:
    """Whether the passage that answers is among the first ten, over the sample institutions."""
    embedder = KeptEmbedder(make_embedder(), cache)
    try:
        report = evaluate_passages(folder, embedder, across=across)
    except (SuiteError, InstitutionFileError, OSError) as error:
        fail(str(error))
    embedder.keep()
    typer.echo(json.dumps(report.to_value(), ensure_ascii=False, indent=2) if as_json else "\n".join(report.lines()))


@cli.command()
def grounding(
    data: Annotated[Path, typer.Argument(help="The folder of third-party data.", metavar="DATA")],
    blind: Annotated[bool, typer.Option("--blind", help="Half B, which nothing was learned from.")] = False,
    cache: CacheOption = VECTORS,
    as_json: JsonOption = False,
) -> None:
    """Whether the groundedness score parts what its source bears out from what it does not, beside plain scores."""
    embedder = KeptEmbedder(make_embedder(PLAIN), cache)
    report = evaluate_grounding(data, embedder, Half.B if blind else Half.A)
    if not report.sets:
        fail(f"no set lies under {data}; eval/grounding_sets.py says which are known")
    embedder.keep()
    typer.echo(json.dumps(report.to_value(), indent=2) if as_json else "\n".join(report.lines()))


@cli.command()
def disclosures(
    portion: Annotated[Portion, typer.Option(help="A blind one is not tuned with: counts only.")] = Portion.DEVELOPMENT,
    public: Annotated[Path, typer.Option(help="Folder of public sets.", metavar="DIR")] = PUBLIC,
    as_json: JsonOption = False,
) -> None:
    """Disclosure recall per rule and language, and precision over labelled questions."""
    try:
        ground = Ground(load_rulebook(), intent_reader())
        report = evaluate_disclosures(ground, called(portion), labelled(public, portion), tell=not portion.is_blind)
    except SetMissing as error:
        fail(str(error))
    typer.echo(json.dumps(report.to_value(), indent=2) if as_json else "\n".join(report.lines()))


@cli.command()
def privacy(
    chats: Annotated[int, typer.Option(help="Messages asked of a running product.", min=1)] = 10_000,
    institution: Annotated[str, typer.Option(help="The sample that is asked.", metavar="ID")] = "harbour-bank",
    as_json: JsonOption = False,
) -> None:
    """Whether planted personal data and secrets are masked, and whether anything keeps a raw value of them."""
    messages = list(planted(chats))
    found_by_kind = recall(messages, next(f.institution for f in sample_folders() if f.institution.id == institution))
    with TemporaryDirectory() as folder:
        set_up(Path(folder), institution)
        found = searched(lay_foundation(Settings(data_dir=Path(folder))), institution, messages)
    kept = {f"{kind} in {place}": count for (kind, place), count in sorted(found.places.items())}
    if as_json:
        typer.echo(json.dumps({"recall": found_by_kind.to_value(), "kept": kept}, indent=2))
    else:
        where = f"{found.chats} messages, {found.texts} stored texts and logs, {found.files} files searched"
        typer.echo(
            "\n".join(
                [*found_by_kind.lines(), where, f"raw values kept: {sum(kept.values())}", *map(str, kept.items())]
            )
        )
    raise typer.Exit(bool(kept))


def _announced(suites: Sequence[Path]) -> Iterator[Path]:
    """Where there are several, each is named as its turn comes."""
    for number, suite in enumerate(suites, 1):
        if len(suites) > 1:
            typer.echo(f"{number} of {len(suites)}: {suite.name}", err=True)
        yield suite


if __name__ == "__main__":
    cli(prog_name="candour eval")
