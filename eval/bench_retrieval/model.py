"""The model that every system of the benchmark is measured with."""

from __future__ import annotations

from retrieval.models import PACKAGED_MODEL, ModelChoice

PLAIN = ModelChoice(PACKAGED_MODEL)  # as its peers load it, without what ours learned on top of it
