"""The span reader as it is learned: the packaged encoder with a change of low rank, and one score a pair."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from eval.encoder_network import EncoderNetwork
from retrieval.bert.reader import CHARACTERS
from retrieval.pair_text import MARKS, Pair


class ReaderNetwork(EncoderNetwork):
    """``silence`` is the score of saying nothing."""

    def __init__(self, folder: Path, rows: NDArray[np.float32]) -> None:
        super().__init__(folder, rows, MARKS, scores=1)
        self.silence = torch.nn.Parameter(torch.zeros(1))

    def forward(self, texts: Sequence[Pair]) -> torch.Tensor:
        """One score a pair, shape (len(texts),)."""
        return super().forward(texts).squeeze(-1)

    def leads(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """How far each pair is ahead of silence."""
        if not pairs:
            return np.zeros(0)
        with torch.no_grad():
            leads = self.eval()(pairs) - self.silence
        return np.asarray(leads.float().cpu().numpy(), dtype=np.float64)

    def keep(self, file: Path, characters: str) -> None:
        """What changed, as ``retrieval.span_reader`` reads it: a score above nothing is a lead."""
        self.save(file, {CHARACTERS: characters}, self.head.bias - self.silence)
