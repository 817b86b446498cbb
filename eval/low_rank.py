"""A weight changed by the product of two narrow ones, while it is learned (``retrieval.bert.adapter`` reads them)."""

from __future__ import annotations

import torch


class LowRank(torch.nn.Module):
    """A change of ``rank`` to the weight of ``linear``; none at first."""

    def __init__(self, linear: torch.nn.Linear, rank: int) -> None:
        super().__init__()
        self.down = torch.nn.Parameter(0.02 * torch.randn(rank, linear.in_features))
        self.up = torch.nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The weight with the change added."""
        return weight + self.up @ self.down
