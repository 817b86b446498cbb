"""``candour ask``, ``search`` and ``replay``: questions, and what was said to them."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Annotated

import typer

from app.answering.language import detect_language
from app.answering.texts import source_line
from app.answering.types import MAX_QUESTION_CHARACTERS, Answer, Question, passage_json
from app.assistant.replay import Difference, Replayer
from app.commands.console import USAGE, fail, foundation, loading, parse_day, parse_language, print_json
from app.composition import Platform, build_platform
from app.foundation import Foundation
from app.hong_kong import end_of_day, today_in_hong_kong
from app.plain_text import unstorable
from knowledge_bases.schema import Passage

InstitutionOption = Annotated[str, typer.Option(help="The institution's id.", metavar="ID")]
LanguageOption = Annotated[str | None, typer.Option(help="en, zh-Hant or zh-Hans; told from the words if absent.")]
AsOfOption = Annotated[str | None, typer.Option(help="Answer from what was in force then.", metavar="DATE")]
KnownAtOption = Annotated[
    str | None, typer.Option(help="Answer from what had been published by the end of that day.", metavar="DATE")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def ask(
    question: Annotated[str, typer.Argument(help="What a customer would ask.")],
    institution: InstitutionOption,
    language: LanguageOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a question as a customer would; a refused or held answer is an answer too."""
    day, known = parse_day(as_of), _moment(known_at)
    asked = Question(institution, _worded(question), parse_language(language), as_of=day, known_at=known)
    with foundation() as base, loading():
        platform = platform_for_one(base)
        platform.assistant.institution(institution)
        answer = asyncio.run(platform.assistant.ask(asked))
        platform.rails.close()
    if answer is None:
        fail("nobody answered: a person has this conversation")
    if as_json:
        print_json(answer.to_json())
    else:
        typer.echo(readable(answer))


def readable(answer: Answer) -> str:
    """An answer for a terminal: the released text, each quote with its source below it."""
    quotes = [f"  {_indented(s.text)}\n  — {source_line(s, answer.language)}" for s in answer.sentences]
    statements = [disclosure.text for disclosure in answer.disclosures]
    return "\n\n".join(part for part in [answer.lead, *quotes, *answer.notices, *statements] if part)


def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    institution: InstitutionOption,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages.")] = 8,
    language: LanguageOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for passages without answering; nothing is stored."""
    day = parse_day(as_of) or today_in_hong_kong()
    question = Question(institution, _worded(query), parse_language(language), known_at=_moment(known_at))
    with foundation() as base, loading():
        platform = platform_for_one(base)
        passages = _found(platform, question, day, k)
    if as_json:
        print_json({"passages": [passage_json(passage) for passage in passages]})
        return
    for passage in passages:
        place = f"page {passage.chunk.page}" if passage.chunk.page else " › ".join(passage.chunk.heading_path)
        typer.echo(f"{passage.rank}. {passage.chunk.key.document}, {place}  [{passage.score:.3f}]")
        typer.echo(f"   {_indented(passage.chunk.text)}\n")
    if not passages:
        typer.echo("nothing found")


def _found(platform: Platform, question: Question, on: date, k: int) -> tuple[Passage, ...]:
    institution = platform.assistant.institution(question.institution_id)
    language = question.language or detect_language(question.text)
    return platform.knowledge.retrieve(institution, question, language, on, k).passages


def _moment(known_at: str | None) -> datetime | None:
    day = parse_day(known_at)
    return None if day is None else end_of_day(day)


def replay(
    answer_id: Annotated[str, typer.Argument(help="The answer's id.", metavar="ANSWER")],
    institution: InstitutionOption,
    as_json: JsonOption = False,
) -> None:
    """Build an answer again from its evidence and say what differs (exit status 1 where something does)."""
    with foundation() as base, loading():
        platform = platform_for_one(base)
        replayer = Replayer(base, platform.knowledge, platform.parts)
        replayed = asyncio.run(replayer.replay(platform.assistant.institution(institution), answer_id))
        platform.rails.close()
    if as_json:
        print_json(replayed.to_json())
    else:
        typer.echo(f"answer {answer_id}, released {replayed.evidence.created_at:%Y-%m-%d %H:%M} UTC")
        typer.echo(_differences(replayed.differences))
    if replayed.differences:
        raise typer.Exit(1)


def _differences(differences: tuple[Difference, ...]) -> str:
    if not differences:
        return "replayed: the same words from the same spans, snapshot and rulebook"
    return "\n".join(f"differs: {d.what}\n  then: {d.then}\n  now:  {d.now}" for d in differences)


def platform_for_one(base: Foundation) -> Platform:
    """The platform of a process that asks once: the time a cross-encoder takes to load counts as nobody's delay."""
    platform = build_platform(base)
    if platform.knowledge.reader is not None:
        platform.knowledge.reader.warm_up()
    return platform


def _worded(text: str) -> str:
    if not text.strip():
        fail("the question is empty; put it in quotes after the command", USAGE)
    if len(text) > MAX_QUESTION_CHARACTERS:
        fail(f"the question has {len(text)} characters; ask in at most {MAX_QUESTION_CHARACTERS}", USAGE)
    if unstorable(text):
        fail("the question holds a character that can't be stored (NUL or a broken byte); leave it out", USAGE)
    return text.strip()


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")
