"""What a match requires: nothing that matches is missed for the lack of a literal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.conduct import clauses
from guardrails.expressions import Expression
from guardrails.normalise import fold, normal
from guardrails.required import Required
from guardrails.rulebook import Rulebook
from guardrails.triggers import Concept

REQUIRED = [
    ((r"\bfees?\b",), ("fee",)),
    ((r"annual (?:fee|charge)", "interest"), ("interest", "annual fee", "annual charge")),
    ((r"手[续續]費",), ("手续費", "手續費")),
    ((r"(cut|cutting) .{0,12}short\b",), ("short",)),
    ((r"\d{4}-x+",), ("-",)),
    ((r"\d%",), tuple(f"{digit}%" for digit in range(10))),
    (("Fee(?!s)", r"(?<=no )fee"), ("fee",)),
    ((r"colou?r",), ("color", "colour")),
    ((r"\.5%",), (".5%",)),
    (("(?P<a>one|two) thing", "one"), ("one", "two thing")),
    ((r"(?:ab)+c",), ("ab",)),
]
NOT_TOLD = [
    (r"\w+",),
    (r"(?:fee)?",),
    (r"fee|\w",),
    ("fee", ".."),
    (r"(?i)fee",),
    (r"(f)\1",),
    (r"\pL",),
    (r"\x66ee",),
    (r"[[:alpha:]]",),
    (r"\b?a",),
    (r"(?=x)*a",),
    (r"a{,2}b",),
    (r"[^a]",),
    (r"[a-z]",),
    ("é",),  # written in two ways, each with a capital
]


@pytest.mark.parametrize(("alternatives", "literals"), REQUIRED)
def test_one_of_the_literals_stands_in_every_match(alternatives: tuple[str, ...], literals: tuple[str, ...]) -> None:
    found = Required.of(alternatives).literals
    assert found is not None
    assert sorted(found) == sorted(literals)


@pytest.mark.parametrize("alternatives", NOT_TOLD)
def test_where_nothing_can_be_told_everything_is_searched(alternatives: tuple[str, ...]) -> None:
    assert Required.of(alternatives).may_match("")


def test_nothing_matches_without_an_alternative() -> None:
    assert not Required.of(()).may_match("anything")


@pytest.mark.parametrize("text", ["FEES", "feeſ", "ＦＥＥS fees", "\u212aept feeS"])
def test_case_is_nothing_to_go_by(text: str) -> None:
    required = Required.of(["fees", "kept"])
    assert required.may_match(text)
    assert Expression(["fees", "kept"]).occurs(text)


_LETTERS = "aAbkſ费費1.5"
_PIECES = st.one_of(
    st.sampled_from([regex.escape(letter) for letter in _LETTERS]),
    st.sampled_from([".", r"\d", r"\w", r"\s", r"\b", "[ab]", "[费費]", "[^a]", "[0-9]", r"[a\d]", "^", "$"]),
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,}", "+?", "??"])
    grouped = inner.map(lambda one: f"(?:{one})")
    return st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda branches: f"(?:{'|'.join(branches)})"),
        st.tuples(grouped, repeats).map("".join),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"(?={one})"),
        inner.map(lambda one: f"(?<!{one})"),
    )


@settings(deadline=None)
@given(st.recursive(_PIECES, _grown, max_leaves=12), st.text(_LETTERS + " \u212a", max_size=12))
def test_whatever_is_written_no_match_lacks_what_is_required(alternative: str, text: str) -> None:
    try:
        expression = Expression([alternative])
        expression.compile()
    except ValueError:
        return
    if not Required.of([alternative]).may_match(text):
        plain = regex.compile(alternative, regex.IGNORECASE)
        assert plain.search(text) is None
        assert not _by_engines_alone(expression, text)


def test_no_shipped_pattern_misses_a_question_that_it_matches(rulebook: Rulebook) -> None:
    texts = [normal(text) for text in _questions()]
    for alternatives in _shipped(rulebook):
        expression, required = Expression(alternatives), Required.of(alternatives)
        for text in texts:
            if not required.may_match(text):
                assert not _by_engines_alone(expression, text), (alternatives, text)


def _by_engines_alone(expression: Expression, text: str) -> bool:
    linear, watched = expression._occurrence, expression._backtracking
    return bool((linear and linear.search(text)) or (watched and watched.search(text)))


def _questions() -> Iterator[str]:
    folder = Path(__file__).parents[2] / "eval" / "questions"
    for path in sorted((folder / "first").glob("*.jsonl")):
        yield from (json.loads(line)["question"] for line in path.read_text("utf-8").splitlines())


def _shipped(rulebook: Rulebook) -> Iterator[tuple[str, ...]]:
    """What concepts of disclosures and of conduct rules are written in."""
    concepts = {
        concept
        for rule in rulebook.disclosures
        for trigger in rule.triggers
        for group in (*trigger.groups, trigger.unless)
        for concept in _with_kinds(group)
    }
    conduct = {
        patterns
        for written in clauses().values()
        for clause in written
        for patterns in (*clause.needed, *clause.unless)
    }
    for patterns in [each for concept in concepts for each in (concept.patterns, concept.exceptions)] + [*conduct]:
        yield tuple(map(fold, patterns.alternatives))


def _with_kinds(concepts: tuple[Concept, ...]) -> Iterator[Concept]:
    for concept in concepts:
        yield concept
        yield from _with_kinds(concept.of)
