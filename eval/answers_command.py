"""``candour eval answers``: right place cited, silence kept; in quotes, and in a model's words where one is configured.

WHAT is a file of questions (``eval/answers.py``) for one institution of the running product's data; or a folder of
``<institution>.jsonl``, asked of the sample institutions; or the folder of mt-rag (``eval/mtrag.py``), whose passages
become the documents of an institution of their own. To read the documents of a folder takes minutes: ``--data`` keeps
them. With ``CANDOUR_MODELS`` set, every question is asked twice: with quotes alone, and of the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from app.answering.parts import quotes_only
from app.answering.pipeline import Pipeline
from app.answering.types import Answer, Question
from app.assistant.service import ConversationAssistant
from app.commands.console import fail, foundation, print_json
from app.composition import Platform, build_platform
from app.documents.service import DocumentService
from eval.answers import AnswersReport, Case, SuiteError, evaluate, read_suite
from eval.known import samples_in_force
from eval.mtrag import JUDGED, MTRAG, mtrag_cases, mtrag_in_force
from knowledge_bases.schema import Citation

QUOTE, GENERATE = "quote", "generate"


@dataclass(frozen=True)
class Suite:
    """The questions of one institution."""

    institution: str
    cases: tuple[Case, ...]


def answers(
    what: Annotated[Path, typer.Argument(help="Questions as JSON lines, or a folder of sets.", metavar="WHAT")],
    institution: Annotated[str, typer.Option(help="Whose questions they are; for a file.", metavar="ID")] = "",
    at_once: Annotated[int, typer.Option(help="Questions under way at a time.", min=1)] = 1,
    data: Annotated[Path | None, typer.Option(help="Keeps what a folder is asked of.", metavar="DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Right place cited, silence kept: asks every question of a suite."""
    try:
        suites = _suites(what, institution)
        with _product(what, data) as platform:
            reports = asyncio.run(_reports(platform, suites, at_once))
    except (SuiteError, OSError) as error:
        fail(str(error))
    if as_json:
        print_json({name: report.to_json() for name, report in reports.items()})
    else:
        typer.echo("\n".join(line for name, report in reports.items() for line in _readable(name, report)))


def _suites(what: Path, institution: str) -> list[Suite]:
    """Raises:
    SuiteError: it is not clear of whom to ask what, or a line is no question.
    """
    if (what / JUDGED).is_file():
        return [Suite(MTRAG, mtrag_cases(what))]
    if what.is_dir():
        suites = [Suite(path.stem, read_suite(path)) for path in sorted(what.glob("*.jsonl")) if "-" in path.stem]
        if not suites:
            raise SuiteError(f"{what} holds no <institution>.jsonl: give a file, or the folder of a set")
        return suites
    if not institution:
        raise SuiteError(f"whose questions are {what.name}? name the institution with --institution")
    return [Suite(institution, read_suite(what))]


@contextmanager
def _product(what: Path, data: Path | None) -> Iterator[Platform]:
    """The product that is asked: this machine's for a file, else one made for the occasion."""
    with ExitStack() as stack:
        if (what / JUDGED).is_file():
            yield stack.enter_context(mtrag_in_force(what, data))
        elif what.is_dir():
            yield stack.enter_context(samples_in_force(data))
        else:
            platform = build_platform(stack.enter_context(foundation()))
            stack.callback(platform.rails.close)
            yield platform


async def _reports(platform: Platform, suites: Sequence[Suite], at_once: int) -> dict[str, AnswersReport]:
    """A report a way of composing."""
    silent = replace(platform.parts, writer_of=quotes_only)
    ways = {QUOTE: replace(platform.assistant, pipeline=Pipeline(silent))}
    if any(platform.models.of(suite.institution) for suite in suites):
        ways[GENERATE] = platform.assistant
    return {name: await _asked(platform, way, suites, at_once) for name, way in ways.items()}


async def _asked(
    platform: Platform, assistant: ConversationAssistant, suites: Sequence[Suite], at_once: int
) -> AnswersReport:
    reports = [await _of_one(platform, assistant, suite, at_once) for suite in suites]
    return AnswersReport(tuple(outcome for report in reports for outcome in report.outcomes))


async def _of_one(platform: Platform, assistant: ConversationAssistant, suite: Suite, at_once: int) -> AnswersReport:
    base = platform.foundation
    with base.database.read() as session:
        versions = DocumentService(session, suite.institution, base.ledger).all()
    files = {version.info.key: version.file_name for version in versions}

    async def ask(case: Case) -> Answer:
        asked = Question(suite.institution, case.question, case.language, history=case.history)
        answer = await assistant.ask(asked)
        assert answer is not None  # noqa: S101 -- nobody has this conversation
        return answer

    def file_of(citation: Citation) -> str:
        return files.get(citation.key, "")

    return await evaluate(suite.cases, ask, file_of, at_once)


def _readable(name: str, report: AnswersReport) -> Iterator[str]:
    value = report.to_json()
    yield f"{name}: {len(report.outcomes)} questions"
    yield from (f"  {counted:18} {share.line()}" for counted, share in report.shares().items())
    yield f"  median sentence {value['median_quote_characters']} characters"
    yield f"  why answerable questions were not answered: {value['reasons'] or 'none'}"
    for failure in value["failures"]:
        kind = "missed" if failure["answerable"] else "answered"
        places = ", ".join(failure["cited"]) or failure["status"]
        yield f"  {kind:8} {failure['id']} ({failure['confidence']}) {failure['question']}  -> {places}"
