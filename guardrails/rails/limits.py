"""How much the rails take on. Beyond a limit a check closes; it never looks at a part and lets the rest pass."""

from __future__ import annotations

from types import MappingProxyType

from guardrails.types import Stage

# Characters that detectors are given. A longer text is withheld whole: what none has read is neither stored nor shown.
LONGEST = MappingProxyType({Stage.INPUT: 10_000, Stage.OUTPUT: 60_000})
