"""How much the rails take on. Beyond a limit a check closes; it never looks at a part and lets the rest pass."""

from __future__ import annotations

from types import MappingProxyType

from guardrails.types import Stage

# Characters that detectors are given. A longer text is withheld whole: what none has read is neither stored nor shown.
LONGEST = MappingProxyType({Stage.INPUT: 10_000, Stage.RETRIEVAL: 200_000, Stage.OUTPUT: 60_000})

THREADS = 4  # in which detectors run
HANGING = 16  # threads that may hang, each replaced by another, before nothing runs any more
AT_ONCE = 64  # checks under way; NeMo gets slower beyond a few, so that more would only wait for their timeout
TIMEOUT_S = 5.0  # for a whole check
