"""Vectors in PostgreSQL with the extension pgvector: one table a collection, for more than one machine.

Needs pgvector 0.8 or later, whose walks along a graph go on until enough allowed rows were found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from retrieval.errors import DimensionMismatch
from retrieval.indexes.names import stored_as
from retrieval.indexes.order import check_rows, points_nowhere, ranges
from retrieval.ports import Mask, Vectors

Connect = Callable[[], AbstractContextManager[psycopg.Connection]]

_CREATE = "CREATE TABLE IF NOT EXISTS {table} (row bigint PRIMARY KEY, embedding vector({dimensions}))"
_DIMENSIONS = "SELECT atttypmod FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'embedding'"
_NEXT = "SELECT coalesce(max(row) + 1, 0) FROM {table}"
_COPY = "COPY {table} (row, embedding) FROM STDIN"
_FORGET = "UPDATE {table} SET embedding = NULL WHERE row = ANY(%s)"
_COUNT = "SELECT count(embedding) FROM {table}"
_GRAPH = "CREATE INDEX IF NOT EXISTS {graph} ON {table} USING hnsw (embedding vector_ip_ops)"
_WALK = "SET LOCAL hnsw.iterative_scan = strict_order; SET LOCAL hnsw.max_scan_tuples = 2147483647"
_SEARCH = """
SELECT row, -(embedding <#> %(vector)s::vector) FROM {table}
WHERE embedding IS NOT NULL AND (%(allowed)s::int8multirange IS NULL OR row <@ %(allowed)s::int8multirange)
ORDER BY embedding <#> %(vector)s::vector, row LIMIT %(k)s
"""


class PgvectorIndex:
    """``VectorIndex`` over the table of one collection; safe to share between threads where ``connect`` is.

    ``connect`` opens a connection for the length of a ``with`` that commits at its end: ``psycopg.connect`` with its
    arguments bound, or a pool's. What is removed loses its vector at once and keeps its number.
    """

    def __init__(self, connect: Connect, collection: str, dimensions: int) -> None:
        """The collection of that name, made where there is none.

        Raises:
            DimensionMismatch: it is there with vectors of another length.
            psycopg.Error: the server cannot be reached, or has no pgvector.
        """
        self._connect, self._dimensions = connect, dimensions
        self._table = stored_as(collection)
        with connect() as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            connection.execute(self._sql(_CREATE))
            stored = connection.execute(_DIMENSIONS, (self._table,)).fetchone()
        if stored is None or stored[0] != dimensions:
            raise DimensionMismatch(got=dimensions, wanted=stored[0] if stored else 0)

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return self._dimensions

    def __len__(self) -> int:
        with self._connect() as connection:
            return _number(connection, self._sql(_COUNT))

    def add(self, vectors: Vectors) -> range:
        """See ``VectorIndex.add``; whoever adds at the same time waits."""
        check_rows(vectors, self._dimensions)
        with self._connect() as connection:
            connection.execute(self._sql("LOCK TABLE {table} IN EXCLUSIVE MODE"))
            first = _number(connection, self._sql(_NEXT))
            with connection.cursor().copy(self._sql(_COPY)) as copy:
                for row, vector in enumerate(vectors, start=first):
                    copy.write_row((row, _text(vector)))
        return range(first, first + len(vectors))

    def remove(self, rows: Collection[int]) -> None:
        """See ``VectorIndex.remove``."""
        with self._connect() as connection:
            connection.execute(self._sql(_FORGET), (list(rows),))

    def build_graph(self) -> None:
        """Index what is there, and what comes later, by HNSW: searches become quick and approximate."""
        with self._connect() as connection:
            connection.execute(self._sql(_GRAPH))

    def drop(self) -> None:
        """Remove the collection for good; one that is gone already is left at that."""
        with self._connect() as connection:
            connection.execute(self._sql("DROP TABLE IF EXISTS {table}"))

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """See ``VectorIndex.search``."""
        if points_nowhere(vector, self._dimensions) or k < 1:
            return []
        asked = {"vector": _text(vector), "allowed": None if allowed is None else _multirange(allowed), "k": k}
        with self._connect() as connection:
            connection.execute(_WALK)
            return [(row, similarity) for row, similarity in connection.execute(self._sql(_SEARCH), asked)]

    def _sql(self, words: str) -> Composed:
        names = {"table": Identifier(self._table), "graph": Identifier(f"{self._table}_graph")}
        return SQL(words).format(**names, dimensions=Literal(self._dimensions))


def _number(connection: psycopg.Connection, query: Composed) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _text(vector: Vectors) -> str:
    return json.dumps(vector.tolist())


def _multirange(allowed: Mask) -> str:
    return "{" + ",".join(f"[{start},{end})" for start, end in ranges(allowed)) + "}"
