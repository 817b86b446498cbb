"""``candour guard``, ``audit``, ``eval`` and ``doctor``: is it right, is it whole, is it well?"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from app.answering.language import detect_language
from app.answering.types import finding_json
from app.commands.console import fail, foundation, loading, print_json, settings
from app.commands.questions import InstitutionOption, JsonOption
from app.composition import Platform, build_platform
from app.doctor.examination import examine
from app.embedding.engines import intent_reader
from app.evidence.audit import PLATFORM
from app.evidence.export import AuditExport
from app.evidence.report import AuditReport
from app.evidence.verification import AuditVerifier
from app.foundation import Foundation
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from app.plain_text import unstorable
from guardrails.disclosure import Occasion
from guardrails.guard import Guarded, guard_output
from guardrails.types import RailContext, Stage
from knowledge_bases.schema import Institution

audit = typer.Typer(no_args_is_help=True, help="The audit log: prove that it is whole, or hand it over.")


class Side(StrEnum):
    """Which rails ``candour guard`` runs."""

    INPUT = "input"
    OUTPUT = "output"


class _BadLine(Exception):
    """A line of the input is not what it must be; the message says how it should read."""


def guard(
    institution: InstitutionOption,
    stage: Annotated[Side, typer.Option(help="Which rails to run.")] = Side.INPUT,
    as_json: JsonOption = True,
) -> None:
    """Run the rails over JSON lines {"id", "text", "question"?, "passages"?} on standard input; a verdict a line.

    A line that can't be read gives {"id", "line", "error"}, the rest go on, and the exit status is 1.
    """
    with foundation() as base:
        with loading():
            platform = build_platform(base)
        known = platform.assistant.institution(institution)
        bad = asyncio.run(_guard_lines(platform, known, Stage(stage.value)))
        platform.rails.close()
    if bad:
        fail(f"{bad} lines of the input could not be read; they are named in the output")


async def _guard_lines(platform: Platform, institution: Institution, stage: Stage) -> int:
    """Writes a line for each of the input; how many of it were bad."""
    bad = 0
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            written = await _guarded(platform, institution, stage, _row(line))
        except _BadLine as error:
            bad += 1
            written = {"id": _id_of(line), "line": number, "error": str(error)}
        typer.echo(json.dumps(written, ensure_ascii=False))
    return bad


def _row(line: bytes) -> dict[str, Any]:
    """One line of the input. ``question`` and ``passages`` are always there, empty where the line has none.

    Raises:
        _BadLine: it has another form.
    """
    shape = '{"id", "text", "question"?, "passages"?}'
    fault, row = _read(line)
    if fault is None and any(unstorable(word) for word in (row["text"], row["question"], *row["passages"])):
        fault = "it holds NUL or half of a character"
    if fault is not None:
        raise _BadLine(f"{fault}; write it as JSON of the form {shape}: mend that line")
    return row


def _read(line: bytes) -> tuple[str | None, dict[str, Any]]:
    """What is wrong with the form of a line, None: nothing; and what it says."""
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return "it is not UTF-8", {}
    except (ValueError, RecursionError) as error:
        return f"it is not JSON ({error})", {}
    if not isinstance(row, dict):
        return f"it is {_JSON_NAMES.get(type(row), 'a number')} and no object", {}
    row = {**row, "question": row.get("question") or "", "passages": row.get("passages") or []}
    if "text" not in row:
        return "it has no 'text'", {}
    wrong = [name for name in ("text", "question") if not isinstance(row[name], str)]
    if wrong:
        return f"'{wrong[0]}' is {_JSON_NAMES.get(type(row[wrong[0]]), 'a number')} and no string", {}
    if not isinstance(row["passages"], list) or not all(isinstance(each, str) for each in row["passages"]):
        return "'passages' is no list of strings", {}
    return None, row


_JSON_NAMES: dict[type, str] = {
    list: "a list",
    str: "a string",
    dict: "an object",
    bool: "true or false",
    type(None): "null",
}


def _id_of(line: bytes) -> Any:
    """The id of a line that is JSON, though not the right one; None where nobody can tell."""
    try:
        row = json.loads(line)
        found = row.get("id")
        return found if isinstance(found, str | int) and not unstorable(str(found)) else None
    except (ValueError, AttributeError, RecursionError):
        return None


async def _guarded(platform: Platform, institution: Institution, stage: Stage, row: dict[str, Any]) -> dict[str, Any]:
    text, question = row["text"], row["question"]
    language = detect_language(question or text)
    if stage is Stage.INPUT:
        result = Guarded(await platform.rails.check_input(RailContext(institution, language, text)))
    else:
        today, passages = today_in_hong_kong(), tuple(row["passages"])
        occasion = Occasion(
            institution,
            language,
            today,
            question,
            answer=text,
            source="passages",
            passages=passages,
            intents=intent_reader().labels(question),
        )
        rulebook = platform.rulebooks.in_force(institution.id, today)
        result = await guard_output(platform.rails, rulebook, occasion, passages)
    return {
        "id": row.get("id"),
        "action": result.verdict.action.value,
        "findings": [finding_json(finding) for finding in result.verdict.findings],
        "disclosures": [{"rule_id": d.rule_id, "text": d.text} for d in result.disclosures],
        "text": result.verdict.text,
    }


@audit.command("verify")
def verify(
    institution: Annotated[str | None, typer.Option(help="One institution; all where absent.", metavar="ID")] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that the log, all it vouches for and its checkpoints are whole (exit status 1 where they are not)."""
    with foundation() as base:
        verifier = AuditVerifier(base.database, base.ledger)
        reports = [verifier.verify(institution_id) for institution_id in _chosen(base, institution)]
        for report in reports:
            if report.whole:
                verifier.checkpoint(report.institution_id)
    if as_json:
        print_json({"reports": [_report_json(report) for report in reports]})
    else:
        for report in reports:
            _print_report(report)
    if not all(report.whole for report in reports):
        raise typer.Exit(1)


@audit.command("export")
def export(institution: InstitutionOption) -> None:
    """The log as JSON lines, one entry a line; nothing sealed is opened."""
    with foundation() as base, base.database.read() as session:
        InstitutionService(session, base.ledger).get(institution)
        for line in AuditExport(session, institution).lines():
            typer.echo(line)


def _chosen(base: Foundation, institution: str | None) -> Iterator[str]:
    with base.database.read() as session:
        institutions = InstitutionService(session, base.ledger)
        chosen = [institutions.get(institution)] if institution else institutions.all()
    yield from (one.id for one in chosen)
    if institution is None:
        yield PLATFORM  # accounts, logins, and switches and rules for all


def _report_json(report: AuditReport) -> dict[str, Any]:
    return {
        "institution": report.institution_id,
        "whole": report.whole,
        "entries": report.entries,
        "head": report.head_hash,
        "anchored": report.anchored,
        "evidence": report.evidence,
        "unlisted": report.unlisted,
        "erased_conversations": report.erased_conversations,
        "breaches": [{"breach": b.breach.value, "seq": b.seq, "subject": b.subject_id} for b in report.breaches],
    }


def _print_report(report: AuditReport) -> None:
    verdict = "whole" if report.whole else "NOT WHOLE"
    typer.echo(
        f"{report.institution_id}: {verdict}; {report.entries} entries (checkpointed to {report.anchored}), "
        f"{report.evidence} answers, {report.erased_conversations} erased conversations"
    )
    if report.unlisted:
        typer.echo(f"  {report.unlisted} answers are not in the index of cited versions yet; the worker lists them")
    for breach in report.breaches:
        place = f"entry {breach.seq}: " if breach.seq else ""  # what is not of the log has no entry
        typer.echo(f"  {place}{breach.breach.value} {breach.subject_id}")


def doctor(
    quiet: Annotated[bool, typer.Option("--quiet", help="Print problems only.")] = False,
    hashes: Annotated[bool, typer.Option("--hashes", help="Read stored files whole, not only their sizes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print every setting and the health of every part (exit status 1 where a part is ill)."""
    chosen = settings()
    with loading():
        checkup = examine(chosen, read_files=hashes)
    if as_json:
        print_json(
            {
                "settings": {row.name: row.value for row in chosen.describe()},
                "parts": [{"part": p.name, "well": p.well, "says": p.says} for p in checkup],
            }
        )
    else:
        if not quiet:
            for row in chosen.describe():
                typer.echo(f"{'*' if row.changed else ' '} {row.name:24} {row.value}")
            typer.echo()
        for part in checkup:
            if not (quiet and part.well):
                typer.echo(f"{'ok ' if part.well else 'ILL'} {part.name:18} {part.says}")
    if not all(part.well for part in checkup):
        raise typer.Exit(1)
