"""The span reader as it is learned: the packaged encoder with a change of low rank, in torch, on any device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch.nn import functional
from torch.nn.utils import parametrize
from transformers import AutoModel

from eval.low_rank import LowRank
from retrieval.bert.adapter import DOWN, LAYERS, UP
from retrieval.pair_text import MARKS, Pair
from retrieval.span_reader import CHARACTERS

RANK = 32
CHUNK = 128  # pairs read at once, of like length


class ReaderNetwork(torch.nn.Module):
    """The encoder in ``folder``, ``rows`` for the tokens it lacks, what a mark adds, and a score of the mean.

    ``rows`` has shape (characters, width). ``silence`` is the score of saying nothing.
    """

    def __init__(self, folder: Path, rows: NDArray[np.float32]) -> None:
        super().__init__()
        self._encoder: Any = AutoModel.from_pretrained(str(folder), add_pooling_layer=False).requires_grad_(False)
        width = self._encoder.config.hidden_size
        self.changes: dict[str, LowRank] = {}
        for number, layer in enumerate(self._encoder.encoder.layer):
            for name in LAYERS:
                change = LowRank(linear := layer.get_submodule(name), RANK)
                self.changes[f"encoder.layer.{number}.{name}"] = change
                parametrize.register_parametrization(linear, "weight", change)
        self.words = torch.nn.Parameter(torch.from_numpy(rows))
        self.marks = torch.nn.Parameter(torch.zeros(MARKS, width))
        self.head = torch.nn.Linear(width, 1)
        self.silence = torch.nn.Parameter(torch.zeros(1))
        self.dropout = torch.nn.Dropout(0.1)

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.silence.device

    def learned(self) -> list[torch.nn.Parameter]:
        """What learning changes."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """The encoder as it was, while it lasts; rows and marks stay as they have become."""
        ups = [change.up for change in self.changes.values()]
        kept = [up.detach().clone() for up in ups]
        with torch.no_grad():
            for up in ups:
                up.zero_()
        try:
            yield
        finally:
            with torch.no_grad():
                for up, before in zip(ups, kept, strict=True):
                    up.copy_(before)

    def forward(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """One score a pair, shape (len(pairs),)."""
        order = sorted(range(len(pairs)), key=lambda number: len(pairs[number].ids))
        chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
        with parametrize.cached():
            means = torch.cat([self.means([pairs[number] for number in chunk]) for chunk in chunks])
        scores: torch.Tensor = self.head(self.dropout(means)).squeeze(-1)
        return scores[torch.from_numpy(np.argsort(order)).to(self.device)]

    def means(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """The mean over the tokens of each pair, shape (len(pairs), width)."""
        ids, marks = (_padded(rows).to(self.device) for rows in ([p.ids for p in pairs], [p.marks for p in pairs]))
        mask = ids > 0
        table = torch.cat([self._encoder.embeddings.word_embeddings.weight, self.words])
        read = functional.embedding(ids, table) + functional.embedding(marks, self.marks)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            hidden = self._encoder(inputs_embeds=read, attention_mask=mask).last_hidden_state
        total: torch.Tensor = (hidden.float() * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return total

    def leads(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """How far each pair is ahead of silence."""
        if not pairs:
            return np.zeros(0)
        with torch.no_grad():
            leads = self.eval()(pairs) - self.silence
        return np.asarray(leads.float().cpu().numpy(), dtype=np.float64)

    def save(self, file: Path, characters: str) -> None:
        """What changed, in half precision, as ``retrieval.span_reader`` reads it."""
        parts = {
            f"{name}.{part}": getattr(change, part) for name, change in self.changes.items() for part in (DOWN, UP)
        }
        parts |= {"words": self.words, "marks": self.marks, "head": self.head.weight[0]}
        half = {name: value.detach().cpu().numpy().astype(np.float16) for name, value in parts.items()}
        bias = (self.head.bias - self.silence).detach().cpu().numpy().astype(np.float32)
        save_file({**half, "bias": bias}, file, {CHARACTERS: characters})


def words_of(folder: Path) -> NDArray[np.float32]:
    """The rows of the words that the encoder knows."""
    weights: Mapping[str, NDArray[np.float32]] = load_file(folder / "model.safetensors")
    return weights["embeddings.word_embeddings.weight"]


def _padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    padded = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return torch.from_numpy(padded)
