"""Vectors in Milvus (extra ``milvus``): one collection each, in process by milvus-lite or on a cluster."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from pymilvus import DataType, MilvusClient

from retrieval.errors import DimensionMismatch
from retrieval.indexes.names import stored_as
from retrieval.indexes.order import Found, check_rows, points_nowhere, ranges, settled
from retrieval.ports import Mask, Vectors

MOST = 16_384  # neighbours Milvus gives at most
BATCH = 1_000  # rows sent at once, well below its limit of a message
_CONSISTENT = "Strong"  # its default may not show what was just written
_THERE = "there == true"


class MilvusIndex:
    """``VectorIndex`` over one collection of ``client``; one writer at a time.

    What is removed loses its vector at once and keeps its number. ``kind`` is an index type of Milvus by inner product:
    FLAT is exact; HNSW and others are for a cluster.
    """

    def __init__(self, client: MilvusClient, collection: str, dimensions: int, kind: str = "FLAT") -> None:
        """The collection of that name, made where there is none.

        Raises:
            DimensionMismatch: it is there with vectors of another length.
            pymilvus.exceptions.MilvusException: the server cannot be reached.
        """
        self._client, self._dimensions, self._name = client, dimensions, stored_as(collection)
        if not client.has_collection(self._name):
            _create(client, self._name, dimensions, kind)
        stored = _stored_dimensions(client, self._name)
        if stored != dimensions:
            raise DimensionMismatch(got=dimensions, wanted=stored)

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        return self._dimensions

    def __len__(self) -> int:
        return self._count(_THERE)

    def add(self, vectors: Vectors) -> range:
        """See ``VectorIndex.add``."""
        check_rows(vectors, self._dimensions)
        first = self._count("")
        given = range(first, first + len(vectors))
        for start in range(0, len(vectors), BATCH):
            batch = slice(start, start + BATCH)
            self._write(given[batch], vectors[batch], there=True)
        return given

    def remove(self, rows: Collection[int]) -> None:
        """See ``VectorIndex.remove``: a row's vector gives way to zeros, which are never looked at."""
        given = range(self._count(""))
        known = [row for row in rows if row in given]
        if known:
            self._write(known, np.zeros((len(known), self._dimensions), dtype=np.float32), there=False)

    def drop(self) -> None:
        """Remove the collection for good."""
        self._client.drop_collection(self._name)

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> list[tuple[int, float]]:
        """See ``VectorIndex.search``.

        Raises:
            ValueError: more is wanted than Milvus gives at once.
        """
        if points_nowhere(vector, self._dimensions):
            return []
        if k > MOST:
            raise ValueError(f"k is {k}, and Milvus gives {MOST} at most: ask for fewer")
        chosen = _THERE if allowed is None else f"{_THERE} and ({_rows(allowed)})"
        return settled(lambda n: self._nearest(vector, n, chosen), k, MOST)

    def _nearest(self, vector: Vectors, n: int, chosen: str) -> Found:
        (hits,) = self._client.search(
            self._name, data=[vector.tolist()], limit=n, filter=chosen, consistency_level=_CONSISTENT
        )
        rows = np.array([hit["row"] for hit in hits], dtype=np.int64)
        return Found(rows, np.array([hit["distance"] for hit in hits], dtype=np.float32))

    def _count(self, chosen: str) -> int:
        (answer,) = self._client.query(
            self._name, filter=chosen, output_fields=["count(*)"], consistency_level=_CONSISTENT
        )
        return int(answer["count(*)"])

    def _write(self, rows: Collection[int], vectors: Vectors, *, there: bool) -> None:
        values = zip(rows, vectors.tolist(), strict=True)
        self._client.upsert(self._name, [{"row": row, "vector": v, "there": there} for row, v in values])


def _create(client: MilvusClient, name: str, dimensions: int, kind: str) -> None:
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    schema.add_field("there", DataType.BOOL)
    index = client.prepare_index_params()
    index.add_index("vector", index_type=kind, metric_type="IP")
    client.create_collection(name, schema=schema, index_params=index, consistency_level=_CONSISTENT)


def _stored_dimensions(client: MilvusClient, name: str) -> int:
    fields = client.describe_collection(name)["fields"]
    return next(int(field["params"]["dim"]) for field in fields if field["name"] == "vector")


def _rows(allowed: Mask) -> str:
    """The stretches of allowed rows in Milvus's words; none at all is a row that is never given."""
    stretches = ranges(allowed)
    return " or ".join(f"({start} <= row and row < {end})" for start, end in stretches) if stretches else "row < 0"
