"""An institution's own desk that keeps what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class FakeDesk:
    """``told`` are the events in order: kind, subject, payload."""

    told: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)

    def publish(self, kind: str, subject_id: str, payload: Mapping[str, object]) -> None:
        self.told.append((kind, subject_id, payload))

    @property
    def kinds(self) -> list[str]:
        """What happened, in order."""
        return [kind for kind, _, _ in self.told]
