"""A cross-encoder that was trained to say whether a text follows from another (NLI), read from a local folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from retrieval.errors import PairReaderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

ENTAILED, CONTRADICTED = "entailment", "contradiction"


@dataclass(frozen=True)
class Entailment:
    """Probabilities in [0, 1]; ``contradicted`` is 0 for a model of two classes."""

    entailed: float
    contradicted: float


class EntailmentReader:
    """The model in ``folder``; loaded with the first question. One question at a time, from whatever thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()

    @property
    def name(self) -> str:
        return self._folder.name

    def read(self, premise: str, hypothesis: str) -> Entailment | None:
        """How ``hypothesis`` stands to ``premise``; None where both are longer than the model reads to the end.

        Raises:
            PairReaderUnavailable: the folder holds no model that names a class "entailment".
        """
        with self._lock:
            model, entailed, contradicted = self._model
            encoded = model.tokenizer(premise, hypothesis, truncation=False, verbose=False)
            if len(encoded["input_ids"]) > (model.max_seq_length or 0):
                return None
            logits = np.asarray(_logits(model, premise, hypothesis), dtype=np.float64)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        return Entailment(float(shares[entailed]), 0.0 if contradicted is None else float(shares[contradicted]))

    @cached_property
    def _model(self) -> tuple[CrossEncoder, int, int | None]:
        try:
            from sentence_transformers import CrossEncoder
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()  # type: ignore[no-untyped-call]  # a server's log is no terminal
            model = CrossEncoder(str(self._folder), local_files_only=True)
        except Exception as error:  # each of the libraries has errors of its own
            raise PairReaderUnavailable(f"NLI model cannot be loaded from {self._folder}: {error}") from error
        classes = {str(label).lower(): int(number) for number, label in model.config.id2label.items()}
        if ENTAILED not in classes or len(classes) < 2:
            told = ", ".join(classes)
            raise PairReaderUnavailable(f'{self._folder} names no class "{ENTAILED}" (it has {told}): no NLI model')
        return model, classes[ENTAILED], classes.get(CONTRADICTED)


def _logits(model: CrossEncoder, premise: str, hypothesis: str) -> object:
    from torch.nn import Identity

    return model.predict([(premise, hypothesis)], show_progress_bar=False, activation_fn=Identity())[0]
