"""What verifying an audit log found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Breach(StrEnum):
    """A way in which the log or what it vouches for is not what was written."""

    ENTRY_CHANGED = "entry_changed"  # an entry's columns no longer give its hash
    CHAIN_BROKEN = "chain_broken"  # an entry does not follow the one before it: removed, added or swapped
    HEAD_WRONG = "head_wrong"  # the head row is not the last entry
    TAIL_CUT = "tail_cut"  # a signed checkpoint names an entry that is gone
    HISTORY_REWRITTEN = "history_rewritten"  # a signed checkpoint names another hash for an entry
    CHECKPOINT_FORGED = "checkpoint_forged"  # a line of the checkpoint file does not bear our signature
    EVIDENCE_CHANGED = "evidence_changed"  # sealed evidence or its columns differ from the entry
    EVIDENCE_MISSING = "evidence_missing"  # an entry vouches for evidence that is gone
    EVIDENCE_UNRECORDED = "evidence_unrecorded"  # evidence that no entry vouches for


@dataclass(frozen=True)
class AuditBreach:
    """One breach: at entry ``seq`` (0: none in particular), of ``subject_id`` (an answer, a line, a hash)."""

    breach: Breach
    seq: int
    subject_id: str = ""


@dataclass(frozen=True)
class AuditReport:
    """The outcome for one institution. ``anchored`` is the last entry a valid checkpoint covers, 0 for none.

    Entries after it are held by the chain alone: cutting them off would not show.
    """

    institution_id: str
    entries: int
    head_hash: str
    anchored: int
    evidence: int
    erased_conversations: int
    breaches: tuple[AuditBreach, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.breaches
