"""A cross-encoder of sentence-transformers behind ``PairReader``, and the port bounded in time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import PairReaderUnavailable
from retrieval.ports import PairReader

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


RANKS = "SequenceClassification"  # in the name of an architecture whose head gives a pair its score
WEIGHTS = ("*.safetensors", "*.bin")


def require_cross_encoder(folder: Path, setting: str) -> None:
    """What ``folder`` holds is a cross-encoder, as far as its small files tell; none of its weights is read.

    A model without a head for scores would be given a random one when it is loaded, and order passages by chance.
    ``setting`` is what the message of an error says to change.

    Raises:
        PairReaderUnavailable: it is none.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        named = [str(name) for name in config.get("architectures") or ()]
    except (OSError, ValueError, AttributeError) as error:
        raise _no_cross_encoder(folder, setting, f"its config.json cannot be read, {error}") from error
    if not any(any(folder.glob(pattern)) for pattern in WEIGHTS):
        raise _no_cross_encoder(folder, setting, f"it has none of {', '.join(WEIGHTS)}")
    if named and not any(RANKS in name for name in named):
        raise _no_cross_encoder(folder, setting, f"it holds {', '.join(named)}, which scores no pair of texts")


def _no_cross_encoder(folder: Path, setting: str, why: str) -> PairReaderUnavailable:
    return PairReaderUnavailable(
        f"{setting}: there is no cross-encoder in {folder} ({why}): name the folder of one, or unset it to keep the "
        "learned order"
    )


class CrossEncoderReader:
    """The cross-encoder in ``folder``, on the GPU where there is one; loaded with the first question.

    Safe to share between threads. ``name`` is what it is known by.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._loading = Lock()

    @property
    def id(self) -> str:
        return self._name

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """See ``PairReader.scores``; what lies past the model's last token is not read.

        Raises:
            PairReaderUnavailable: the model's files cannot be read, or it gives more than one number a pair.
        """
        if not passages:
            return np.zeros(0)
        with self._loading:
            model = self._model
        pairs = [(question, passage) for passage in passages]
        found = np.asarray(model.predict(pairs, show_progress_bar=False, convert_to_numpy=True), dtype=np.float64)
        if found.shape != (len(passages),):
            raise PairReaderUnavailable(f"{self._name} sorts texts into classes and ranks none: set another reranker")
        return found

    @cached_property
    def _model(self) -> CrossEncoder:
        try:
            import torch
            from sentence_transformers import CrossEncoder
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()  # type: ignore[no-untyped-call]  # a server's log is no terminal
            device = "cuda" if torch.cuda.is_available() else "cpu"
            model: CrossEncoder = CrossEncoder(str(self._folder), device=device, local_files_only=True)
            return model
        except Exception as error:  # each of the libraries has errors of its own
            reason = f"cross-encoder {self._name} cannot be loaded from {self._folder}: {error}"
            raise PairReaderUnavailable(reason) from error


@dataclass(frozen=True)
class Bounded:
    """``reader`` over the first ``most`` passages, within ``timeout_s``, one question at a time.

    A question that finds it busy waits no longer than that either: whoever calls goes on with the order it has.
    """

    reader: PairReader
    timeout_s: float
    most: int
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="reranker"))

    @property
    def id(self) -> str:
        return self.reader.id

    def warm_up(self) -> None:
        """Has the reader load what it needs, however long that takes; what is wrong with it shows with a question."""
        with suppress(Exception):
            self._pool.submit(self.reader.scores, "Is it ready?", ["It is."]).result()

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float64]:
        """See ``PairReader.scores``; as many scores as passages, of which there are at most ``most``.

        Raises:
            TimeoutError: there were none in time.
        """
        reading = self._pool.submit(self.reader.scores, question, list(passages[: self.most]))
        try:
            return reading.result(self.timeout_s)
        finally:
            reading.cancel()  # one that waits behind a slow one is not begun any more
