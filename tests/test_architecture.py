"""The floors of the house: who may import whom (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("knowledge_bases", "retrieval", "guardrails", "ingestion", "app", "eval")

# package -> the packages of this project it may import from, itself included
MAY_IMPORT: dict[str, set[str]] = {
    "knowledge_bases": {"knowledge_bases"},
    "retrieval": {"knowledge_bases", "retrieval"},
    "guardrails": {"knowledge_bases", "guardrails"},
    "ingestion": {"knowledge_bases", "retrieval", "guardrails", "ingestion"},
    "app": {"knowledge_bases", "retrieval", "guardrails", "ingestion", "app"},
    "eval": set(PACKAGES),
}

# library -> the only places that may import it
ONLY_IN: dict[str, tuple[str, ...]] = {
    "nemoguardrails": ("guardrails/rails",),
    "chainlit": ("app/chat",),
    "dbos": ("app/jobs",),
    "fastapi": ("app",),
    "sqlmodel": ("app",),
    "sqlalchemy": ("app",),
    "faiss": ("retrieval/indexes",),
    "pymilvus": ("retrieval/indexes/milvus.py",),
    "psycopg": ("retrieval/indexes/pgvector.py",),
    "sentence_transformers": ("retrieval",),
    "langchain_openai": ("app/answering",),
    "langchain_core": ("app/answering", "retrieval/langchain"),
    "pypdfium2": ("ingestion/parsers", "app/web", "app/documents"),
}
# What the rails write there, before NeMo is imported from wherever it may be, keeps it from reporting home.
READS_ENVIRONMENT = {"app/settings.py", "app/cli.py", "guardrails/rails/__init__.py"}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_from_the_floors_below(package: str) -> None:
    trespasses = [
        f"{dotted(path)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imports_of(path)
        if name.split(".")[0] in PACKAGES and name.split(".")[0] not in MAY_IMPORT[package]
    ]
    assert trespasses == []


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_is_imported_only_where_it_lives(library: str) -> None:
    trespasses = [
        f"{dotted(path)} imports {name}"
        for path in modules()
        for name in imports_of(path)
        if name.split(".")[0] == library
        and not str(path.relative_to(ROOT)).startswith(ONLY_IN[library])
        and not str(path.relative_to(ROOT)).startswith("eval")
    ]
    assert trespasses == []


def test_only_the_jobs_and_the_command_line_know_ingestion() -> None:
    """``serve`` must not pay for parsers: it hands files to the worker through the queue."""
    trespasses = [
        f"{dotted(path)} imports {name}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for name in imports_of(path)
        if name.split(".")[0] == "ingestion" and not str(path.relative_to(ROOT)).startswith("app/jobs")
    ]
    assert trespasses == []


def test_only_settings_and_the_command_line_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in {("os", "environ"), ("os", "getenv")}
    }
    assert readers <= READS_ENVIRONMENT


def test_answering_knows_neither_http_nor_sql() -> None:
    trespasses = [
        f"{dotted(path)} imports {name}"
        for path in sorted((ROOT / "app" / "answering").rglob("*.py"))
        for name in imports_of(path)
        if name.split(".")[0] in {"fastapi", "starlette", "sqlmodel", "sqlalchemy", "chainlit", "dbos"}
    ]
    assert trespasses == []


def test_nobody_imports_eval_as_a_name_that_hides_the_builtin() -> None:
    offenders = [
        dotted(path)
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import) and any(alias.name == "eval" for alias in node.names)
    ]
    assert offenders == []


def test_imports_make_no_circle() -> None:
    known = {dotted(path): path for path in modules()}
    graph = {name: {n for n in imports_of(path) if n in known and n != name} for name, path in known.items()}
    finished: set[str] = set()
    trail: list[str] = []

    def visit(name: str) -> None:
        if name in finished:
            return
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        trail.append(name)
        for other in sorted(graph[name]):
            visit(other)
        trail.pop()
        finished.add(name)

    for name in sorted(graph):
        visit(name)


def test_no_file_is_called_by_a_name_that_says_nothing() -> None:
    banned = {"utils", "helpers", "manager", "data", "misc", "common"}
    assert [dotted(path) for path in modules() if path.stem in banned] == []


def test_tracked_files_name_no_package_registry() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb.debian" + ".org")
    texts = [p for p in ROOT.iterdir() if p.is_file() and p.suffix in {".toml", ".lock", ".yml", ".md", ""}]
    named = [(p.name, host) for p in texts for host in hosts if host in p.read_text("utf-8", errors="ignore")]
    assert named == []
