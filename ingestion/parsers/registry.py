"""Picks the parser for a file by what is inside it; the extension only breaks ties between plain text formats."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import PurePath

import ingestion.parsers
from ingestion.errors import EmptyFile, UnsupportedType
from ingestion.parsers import foreign
from ingestion.parsers.format import Format, Match, Source
from knowledge_bases.parsed import ParsedDocument

FALLBACK = "text"


@cache
def formats() -> tuple[Format, ...]:
    """Every ``FORMAT`` declared by a module of this folder, in order of the modules' names."""
    names = sorted(info.name for info in pkgutil.iter_modules(ingestion.parsers.__path__) if not info.ispkg)
    modules = (importlib.import_module(f"{ingestion.parsers.__name__}.{name}") for name in names)
    return tuple(module.FORMAT for module in modules if hasattr(module, "FORMAT"))


def pick(source: Source) -> Format:
    """The format of ``source``.

    Raises:
        UnsupportedType: no parser knows the content, or the name promises a format that the content is not.
        EncryptedFile: the content is a container that opens only with a password.
    """
    refusal = foreign.refusal(source)
    if refusal is not None:
        raise refusal
    matches = {known: known.match(source.raw) for known in formats()}
    certain = [known for known, match in matches.items() if match is Match.CERTAIN]
    if certain:
        return certain[0]
    extension = PurePath(source.name).suffix.lower()
    possible = [known for known, match in matches.items() if match is Match.POSSIBLE]
    named = [known for known in formats() if extension in known.extensions]
    if not possible or (named and named[0] not in possible):
        raise UnsupportedType(source.name, _misfit(extension, named), f"upload one of: {_supported()}")
    return named[0] if named else next(known for known in possible if known.name == FALLBACK)


def parse(source: Source) -> ParsedDocument:
    """The parsed document of ``source``, in this process: for untrusted files use ``ingestion.sandbox``.

    Raises:
        IngestionError: the file was refused.
    """
    if not source.raw.strip(b"\0 \t\r\n"):
        raise EmptyFile(source.name, "the file is empty", "upload the full document")
    document = pick(source).parse(source)
    if not document.text.strip():
        raise EmptyFile(source.name, "no words were found in it", "upload a document with text in it")
    return document


def is_current(document: ParsedDocument) -> bool:
    """Whether a parse was made by a parser as it is now: the same file would be parsed to the same document again."""
    return document.parser in {f"{known.name}/{known.version}" for known in formats()}


def _misfit(extension: str, named: list[Format]) -> str:
    if named:
        return f"it is named {extension} but its content is not {named[0].name.upper()}"
    return "its content is of a type that cannot be read"


def _supported() -> str:
    return ", ".join(sorted(known.name.upper() for known in formats()))
