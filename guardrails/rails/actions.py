"""The one action the flows call. NeMo loads this file itself, from the folder of its configuration."""

from __future__ import annotations

from typing import Any

from nemoguardrails.actions import action
from nemoguardrails.actions.rail_outcome import RailOutcome

from guardrails.rails.inspection import Inspection


@action(name="inspect")  # type: ignore[untyped-decorator]
async def inspect(detector: str, **_: Any) -> RailOutcome:
    """What one detector of the current check found; blocks when a finding does, and (NeMo's rule) when it raises."""
    blocked = Inspection.current().report(detector)
    return RailOutcome.block() if blocked else RailOutcome.allow()
