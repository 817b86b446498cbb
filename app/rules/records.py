"""Changes and approved rulebooks as the audit log vouches for them: every column, and the content itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlmodel import Session

from app.evidence.audit import FieldValue
from app.evidence.vouching import Kind, Record, record_digest
from app.rules.repository import ChangeRepository, VersionRepository, stored_content
from app.rules.tables import RulebookVersionRow, RuleChangeRow


def change_record(key: bytes, row: RuleChangeRow) -> Record:
    """A change; its entry repeats where it stands."""
    members = {**row.model_dump(), "state": row.state.value, "cause": row.cause.value}
    return Record(Kind.RULE_CHANGE, row.id, record_digest(key, Kind.RULE_CHANGE, members), {"state": row.state.value})


def version_record(session: Session, key: bytes, row: RulebookVersionRow) -> Record:
    """An approved rulebook. ``version`` names a content; what is kept under that name now counts, too."""
    text = stored_content(session, row.version) or ""
    members = {**row.model_dump(), "content": hashlib.sha256(text.encode()).hexdigest()}
    stated: dict[str, FieldValue] = {
        "version": row.version,
        "effective_from": row.effective_from.isoformat(),
        "number": row.number,
    }
    return Record(Kind.RULEBOOK, subject_of(row), record_digest(key, Kind.RULEBOOK, members), stated)


def rule_records(session: Session, scope: str, key: bytes) -> Iterator[Record]:
    """Every change and every approved rulebook of a scope, in no order."""
    for change in ChangeRepository(session, scope).stream():
        yield change_record(key, change)
    for version in VersionRepository(session, scope).stream():
        yield version_record(session, key, version)


def subject_of(row: RulebookVersionRow) -> str:
    """How the audit log names an approved rulebook: its number in its scope."""
    return f"rulebook-{row.number}"
