"""One hidden layer that weighs choices against one more, silence: what the reranker and the scorer are trained as."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

SEED = 0
One = TypeVar("One")


@dataclass(frozen=True)
class Plan:
    """How a network is trained; ``batch`` counts questions."""

    units: int
    epochs: int
    batch: int
    learning_rate: float
    dropout: float
    weight_decay: float = 1e-2


class Network(torch.nn.Module):
    """Scores rows of ``width`` standardised features; ``silence`` is the score of none of them."""

    def __init__(self, width: int, plan: Plan) -> None:
        super().__init__()
        self.hidden = torch.nn.Linear(width, plan.units)
        self.dropout = torch.nn.Dropout(plan.dropout)
        self.out = torch.nn.Linear(plan.units, 1, bias=False)
        self.silence = torch.nn.Parameter(torch.zeros(1))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Scores, shape (n,), of standardised rows, shape (n, width)."""
        scores: torch.Tensor = self.out(self.dropout(torch.tanh(self.hidden(rows))))
        return scores.squeeze(-1)


def trained(
    width: int, plan: Plan, material: Sequence[One], loss: Callable[[Network, Sequence[One]], torch.Tensor]
) -> Network:
    """The network that ``loss`` over batches of ``material`` makes; the same material makes the same network."""
    torch.manual_seed(SEED)
    network = Network(width, plan)
    optimiser = torch.optim.AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay)
    steps = plan.epochs * -(-len(material) // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.learning_rate, total_steps=steps)
    for epoch in range(plan.epochs):
        order = np.random.default_rng(SEED + epoch).permutation(len(material))
        for start in range(0, len(order), plan.batch):
            optimiser.zero_grad()
            loss(network, [material[i] for i in order[start : start + plan.batch]]).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return network.eval()


def numbers(tensor: torch.Tensor) -> NDArray[np.float32]:
    """A trained parameter as an array."""
    return tensor.detach().numpy().astype(np.float32)
