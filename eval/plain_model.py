"""The model that peers are measured with, and in benchmarks of time ours too."""

from __future__ import annotations

from retrieval.models import PACKAGED_MODEL, ModelChoice

PLAIN = ModelChoice(PACKAGED_MODEL)  # as its peers load it, without what ours learned on top of it
