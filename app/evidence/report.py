"""What verifying an audit log found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Breach(StrEnum):
    """A way in which the log or what it vouches for is not what was written."""

    ENTRY_CHANGED = "entry_changed"  # an entry's columns no longer give its hash
    ENTRY_FORGED = "entry_forged"  # an entry's hash is right, but whoever wrote it did not have the key
    ENTRY_UNREADABLE = "entry_unreadable"  # a column holds what it can't; what comes after was not looked at
    CHAIN_BROKEN = "chain_broken"  # an entry does not follow the one before it: removed, added or swapped
    HEAD_WRONG = "head_wrong"  # the head row is not the last entry
    HEAD_FORGED = "head_forged"  # the head row does not bear our keyed digest: somebody else moved it
    TAIL_CUT = "tail_cut"  # a signed checkpoint names an entry that is gone
    HISTORY_REWRITTEN = "history_rewritten"  # a signed checkpoint names another hash for an entry
    CHECKPOINT_FORGED = "checkpoint_forged"  # a line of the checkpoint file does not bear our signature
    CHECKPOINT_MISSING = "checkpoint_missing"  # the second place holds fewer checkpoints than the head has noted
    CITATIONS_CHANGED = "citations_changed"  # the versions listed as cited by an answer are not those that were listed
    RECORD_UNREADABLE = "record_unreadable"  # as for entries

    # of each kind of record: it differs from its last entry; an entry names it, but it is gone; no entry vouches for it
    EVIDENCE_CHANGED = "evidence_changed"
    EVIDENCE_MISSING = "evidence_missing"
    EVIDENCE_UNRECORDED = "evidence_unrecorded"
    PIECE_CHANGED = "piece_changed"
    PIECE_MISSING = "piece_missing"
    PIECE_UNRECORDED = "piece_unrecorded"
    CASE_CHANGED = "case_changed"
    CASE_MISSING = "case_missing"
    CASE_UNRECORDED = "case_unrecorded"
    DECISION_CHANGED = "decision_changed"
    DECISION_MISSING = "decision_missing"
    DECISION_UNRECORDED = "decision_unrecorded"
    MESSAGE_CHANGED = "message_changed"
    MESSAGE_MISSING = "message_missing"
    MESSAGE_UNRECORDED = "message_unrecorded"
    VERSION_CHANGED = "version_changed"
    VERSION_MISSING = "version_missing"
    VERSION_UNRECORDED = "version_unrecorded"
    REMOVAL_CHANGED = "removal_changed"
    REMOVAL_MISSING = "removal_missing"
    REMOVAL_UNRECORDED = "removal_unrecorded"
    SWITCH_CHANGED = "switch_changed"
    SWITCH_MISSING = "switch_missing"
    SWITCH_UNRECORDED = "switch_unrecorded"
    TOPIC_CHANGED = "topic_changed"
    TOPIC_MISSING = "topic_missing"
    TOPIC_UNRECORDED = "topic_unrecorded"
    RULE_CHANGE_CHANGED = "rule_change_changed"
    RULE_CHANGE_MISSING = "rule_change_missing"
    RULE_CHANGE_UNRECORDED = "rule_change_unrecorded"
    RULEBOOK_CHANGED = "rulebook_changed"
    RULEBOOK_MISSING = "rulebook_missing"
    RULEBOOK_UNRECORDED = "rulebook_unrecorded"
    HANDOVER_CHANGED = "handover_changed"
    HANDOVER_MISSING = "handover_missing"
    HANDOVER_UNRECORDED = "handover_unrecorded"
    RELEASE_PROPOSAL_CHANGED = "release_proposal_changed"
    RELEASE_PROPOSAL_MISSING = "release_proposal_missing"
    RELEASE_PROPOSAL_UNRECORDED = "release_proposal_unrecorded"
    API_KEY_CHANGED = "api_key_changed"
    API_KEY_MISSING = "api_key_missing"
    API_KEY_UNRECORDED = "api_key_unrecorded"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_MISSING = "webhook_missing"
    WEBHOOK_UNRECORDED = "webhook_unrecorded"


@dataclass(frozen=True)
class AuditBreach:
    """One breach: at entry ``seq`` (0: none in particular), of ``subject_id`` (a record, a line, a hash)."""

    breach: Breach
    seq: int
    subject_id: str = ""


@dataclass(frozen=True)
class AuditReport:
    """The outcome for one institution. ``anchored`` is the last entry a valid checkpoint covers, 0 for none.

    ``unlisted`` answers are not in the index of cited versions yet: what they cite is read from their evidence.
    Entries after it are held by the keyed head alone: that somebody put back the whole database as it was at an earlier
    moment, head and all, shows by a checkpoint only.
    """

    institution_id: str
    entries: int
    head_hash: str
    anchored: int
    evidence: int
    erased_conversations: int
    breaches: tuple[AuditBreach, ...]
    unlisted: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.breaches
