"""How the engine is, apart from what it says of a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """``nemo``: why there is no NeMo Guardrails, None where there is. ``hanging`` threads of ``bearable``."""

    nemo: str | None
    hanging: int
    bearable: int

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, a sentence each with what to do; empty where nothing is."""
        faults = []
        if self.nemo is not None:
            faults.append(f"NeMo Guardrails can't be used ({self.nemo}): every answer is held; install it again")
        if self.hanging:
            doing = "every answer is held" if self.hanging >= self.bearable else f"{self.bearable} are borne with"
            faults.append(f"{self.hanging} detectors hang ({doing}): read the log for which, start the process again")
        return tuple(faults)
