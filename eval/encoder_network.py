"""The packaged encoder as it is learned for a new purpose: a change of low rank, in torch, on any device."""

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
from retrieval.pair_text import Pair

RANK = 32
CHUNK = 64  # texts read at once, of like length: what fills them up to the longest is read for nothing


class EncoderNetwork(torch.nn.Module):
    """The encoder in ``folder``, ``rows`` for the tokens it lacks, what each of ``marks`` adds, and scores of the mean.

    ``rows`` has shape (characters, width); ``rank`` is that of the change.
    """

    def __init__(self, folder: Path, rows: NDArray[np.float32], marks: int, scores: int, rank: int = RANK) -> None:
        super().__init__()
        self._encoder: Any = AutoModel.from_pretrained(str(folder), add_pooling_layer=False).requires_grad_(False)
        width = self._encoder.config.hidden_size
        self.changes: dict[str, LowRank] = {}
        for number, layer in enumerate(self._encoder.encoder.layer):
            for name in LAYERS:
                change = LowRank(linear := layer.get_submodule(name), rank)
                self.changes[f"encoder.layer.{number}.{name}"] = change
                parametrize.register_parametrization(linear, "weight", change)
        self.words = torch.nn.Parameter(torch.from_numpy(rows))
        self.marks = torch.nn.Parameter(torch.zeros(marks, width))
        self.head = torch.nn.Linear(width, scores)
        self.dropout = torch.nn.Dropout(0.1)

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.words.device

    def learned(self) -> list[torch.nn.Parameter]:
        """What learning changes."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    def begin_from(self, file: Path) -> None:
        """Begins with the change that another of its kind has learned (``save``), its head left out.

        The other's may be of a lower rank: what is left of this one is still none.
        """
        kept = load_file(file)
        with torch.no_grad():
            for name, change in self.changes.items():
                down, up = (torch.from_numpy(kept[f"{name}.{part}"]) for part in (DOWN, UP))
                change.down[: len(down)].copy_(down)
                change.up[:, : len(down)].copy_(up)
            self.words.copy_(torch.from_numpy(kept["words"]))

    def narrow(self, scores: Sequence[int]) -> None:
        """Keeps only these of its scores, in this order."""
        head = torch.nn.Linear(self.head.in_features, len(scores))
        with torch.no_grad():
            head.weight.copy_(self.head.weight[list(scores)])
            head.bias.copy_(self.head.bias[list(scores)])
        self.head = head

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

    def forward(self, texts: Sequence[Pair]) -> torch.Tensor:
        """Scores, shape (len(texts), scores)."""
        order = sorted(range(len(texts)), key=lambda number: len(texts[number].ids))
        chunks = [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]
        with parametrize.cached():
            means = torch.cat([self.means([texts[number] for number in chunk]) for chunk in chunks])
        scores: torch.Tensor = self.head(self.dropout(means))
        return scores[torch.from_numpy(np.argsort(order)).to(self.device)]

    def means(self, texts: Sequence[Pair]) -> torch.Tensor:
        """The mean over the tokens of each text, shape (len(texts), width)."""
        mask = _padded([text.ids for text in texts]).to(self.device) > 0
        total: torch.Tensor = (self.hidden(texts) * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return total

    def hidden(self, texts: Sequence[Pair]) -> torch.Tensor:
        """What the encoder makes of each token, shape (len(texts), tokens of the longest, width)."""
        ids, marks = (_padded(rows).to(self.device) for rows in ([t.ids for t in texts], [t.marks for t in texts]))
        read = self.rows(ids) + functional.embedding(marks, self.marks)
        with torch.autocast(self.device.type, torch.bfloat16):
            hidden: torch.Tensor = self._encoder(inputs_embeds=read, attention_mask=ids > 0).last_hidden_state
        return hidden.float()

    def rows(self, ids: torch.Tensor) -> torch.Tensor:
        """The rows of tokens; those that the encoder knows are not learned, so no gradient of their table is made."""
        known: torch.Tensor = self._encoder.embeddings.word_embeddings.weight
        own = ids - len(known)
        of_own = functional.embedding(own.clamp(min=0), self.words)
        return torch.where(own[..., None] < 0, functional.embedding(ids.clamp(max=len(known) - 1), known), of_own)

    def save(self, file: Path, metadata: Mapping[str, str], bias: torch.Tensor | None = None) -> None:
        """What changed, in half precision, as ``retrieval.bert.reader`` reads it; ``bias`` stands for the head's."""
        parts = {
            f"{name}.{part}": getattr(change, part) for name, change in self.changes.items() for part in (DOWN, UP)
        }
        parts |= {"words": self.words, "marks": self.marks, "head": self.head.weight}
        half = {name: value.detach().cpu().numpy().astype(np.float16) for name, value in parts.items()}
        single = (self.head.bias if bias is None else bias).detach().cpu().numpy().astype(np.float32)
        save_file({**half, "bias": single}, file, dict(metadata))


def words_of(folder: Path) -> NDArray[np.float32]:
    """The rows of the words that the encoder knows."""
    weights: Mapping[str, NDArray[np.float32]] = load_file(folder / "model.safetensors")
    return weights["embeddings.word_embeddings.weight"]


def _padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    padded = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return torch.from_numpy(padded)
