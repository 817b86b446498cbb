"""The table of problems: every error of ours has a place in it, and no stored text gets out."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import app
import guardrails
import knowledge_bases
import retrieval
from app.conversations.errors import SealBroken
from app.documents.errors import VersionNotFound
from app.errors import PROBLEMS, UNEXPECTED, problem_of
from knowledge_bases.schema import VersionKey

SPEAK_FOR_THEMSELVES = {"app.chat.errors", "app.console.errors", "app.api.completions.errors"}  # as surfaces do


def errors() -> Iterator[type[Exception]]:
    """The leaves of every error tree that a surface may meet."""
    for package in (app, guardrails, knowledge_bases, retrieval):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".errors") or module.name in SPEAK_FOR_THEMSELVES:
                continue
            for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(found, Exception) and found.__module__ == module.name and not found.__subclasses__():
                    yield found


INTERNAL = {"ForeignRow", "NaiveTime"}  # a mistake in our own code, never in what was asked


@pytest.mark.parametrize("kind", sorted(set(errors()), key=lambda k: k.__qualname__), ids=lambda k: k.__qualname__)
def test_every_error_has_a_problem_of_its_own(kind: type[Exception]) -> None:
    mapped = any(ancestor in PROBLEMS for ancestor in kind.__mro__)
    assert mapped is (kind.__name__ not in INTERNAL)


def test_a_row_that_is_not_found_is_404_whatever_it_is() -> None:
    problem = problem_of(VersionNotFound(VersionKey("fees", "1")))
    assert (problem.status, problem.exit_code) == (404, 2)


def test_an_unknown_error_is_500_and_says_nothing() -> None:
    assert problem_of(KeyError("a customer's words")) is UNEXPECTED
    assert not UNEXPECTED.shows_detail


def test_damage_is_not_explained_to_whoever_asks() -> None:
    assert not problem_of(SealBroken("m1")).shows_detail


@pytest.mark.parametrize("problem", PROBLEMS.values())
def test_every_problem_is_a_failure(problem: object) -> None:
    from app.errors import Problem

    assert isinstance(problem, Problem)
    assert 400 <= problem.status < 600
    assert problem.exit_code in (1, 2)
