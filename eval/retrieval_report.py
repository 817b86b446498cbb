"""What ``candour eval retrieval`` prints: a table a test set, a language of it, and a language of all sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from typing import Any

import numpy as np

from eval.metrics import Estimate, estimate
from eval.retrieval import MEASURES, Measured
from eval.systems import OURS, K

LEADING = f"nDCG@{K}"  # the measure whose differences are shown
ALL = "all sets"


@dataclass(frozen=True)
class Row:
    """A system's ``measures`` with their 95 % intervals, and how far ours is ``ahead`` of it, question by question."""

    measures: Mapping[str, Estimate]
    ahead: Mapping[str, Estimate]


@dataclass(frozen=True)
class Table:
    """The systems on the questions of one set, in one language or in all (``language`` is None)."""

    suite: str
    language: str | None
    documents: int
    queries: int
    rows: Mapping[str, Row]

    def to_value(self) -> dict[str, Any]:
        """Plain values for JSON; ``ahead`` is ours minus the system, paired."""
        systems = {name: {k: asdict(v) for k, v in row.measures.items()} for name, row in self.rows.items()}
        ahead = {name: {k: asdict(v) for k, v in row.ahead.items()} for name, row in self.rows.items() if name != OURS}
        return {"documents": self.documents, "queries": self.queries, "systems": systems, "ahead": ahead}

    def lines(self) -> Iterator[str]:
        """To read: hundredths, the ends of each 95 % interval in brackets."""
        name = self.suite if self.language is None else f"{self.suite}, {self.language}"
        yield f"{name}: {self.queries} questions over {self.documents} documents"
        yield f"  {'':26}" + "".join(f"{measure:<22}" for measure in MEASURES) + f"{OURS} ahead, {LEADING}"
        for system, row in self.rows.items():
            measures = "".join(f"{_interval(row.measures[measure], ''):<22}" for measure in MEASURES)
            yield f"  {system:<26}{measures}{'' if system == OURS else _interval(row.ahead[LEADING], '+')}".rstrip()


@dataclass(frozen=True)
class RetrievalReport:
    """All sets that were measured in one run."""

    embedder: str
    half: str | None
    measured: Sequence[Measured]

    def to_value(self) -> dict[str, Any]:
        """One set as itself; several as ``suites``, beside ``languages`` over all of them."""
        suites = [self._suite(measured) for measured in self.measured]
        if len(suites) == 1:
            return suites[0]
        return {"suites": suites, "languages": {t.language: t.to_value() for t in self._over_all()}}

    def lines(self) -> list[str]:
        """Every table to read."""
        half = "" if self.half is None else f", half {self.half} of the questions"
        lines = [f"{self.embedder}{half}; hundredths, 95 % intervals"]
        for measured in self.measured:
            of_languages = self._languages(measured) if len(measured.languages) > 1 else []
            for table in [_table(measured), *of_languages]:
                lines += ["", *table.lines()]
        for table in self._over_all() if len(self.measured) > 1 else []:
            lines += ["", *table.lines()]
        return lines

    def _suite(self, measured: Measured) -> dict[str, Any]:
        languages = {table.language: table.to_value() for table in self._languages(measured)}
        about = {"folder": measured.suite, "embedder": self.embedder, "half": self.half}
        return {**about, **_table(measured).to_value(), "languages": languages}

    def _languages(self, measured: Measured) -> list[Table]:
        return [_table(measured.asked_in(language), language) for language in measured.languages]

    def _over_all(self) -> list[Table]:
        joined = reduce(_joined, self.measured)
        return [_table(joined.asked_in(language), language) for language in joined.languages]


def _joined(one: Measured, other: Measured) -> Measured:
    """The questions of both, for the systems that answered both; each question counts alike."""
    values = {
        name: {measure: np.concatenate([found, other.values[name][measure]]) for measure, found in system.items()}
        for name, system in one.values.items()
        if name in other.values
    }
    return Measured(ALL, one.documents + other.documents, one.asked + other.asked, {}, values)


def _table(measured: Measured, language: str | None = None) -> Table:
    own = measured.values[OURS]
    rows = {
        name: Row(
            {measure: estimate(found) for measure, found in values.items()},
            {measure: estimate(own[measure] - found) for measure, found in values.items()},
        )
        for name, values in measured.values.items()
    }
    return Table(measured.suite, language, measured.documents, len(measured.asked), rows)


def _interval(found: Estimate, sign: str) -> str:
    return f"{100 * found.mean:{sign}.1f} [{100 * found.low:{sign}.1f}, {100 * found.high:{sign}.1f}]"
