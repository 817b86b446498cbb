"""Taking over logs from before entries were keyed and vouched for cases, decisions, messages and versions.

Old entries stay as they are: the first keyed entry names the hash of the last old one, and so holds them all. Every
record that is stored at that moment gets a keyed entry, if it is as the old log tells; what contradicts the old log
gets none and shows as a breach from then on. Nothing vouches for messages written before, so they are taken as found.

Runs at the start of every process and does its work once: no head is without a key afterwards. A head that somebody
sets back is not taken over again where the second place holds a checkpoint of a keyed entry.
"""

from __future__ import annotations

from sqlmodel import Session, col, select

from app.db.session import Database
from app.evidence.audit import AuditLog, FieldValue, Happening, Ledger
from app.evidence.records import stored_records
from app.evidence.tables import KEYED, UNKEYED, AuditEntryRow, AuditHeadRow
from app.evidence.vouching import Kind, Record, read_fields

Told = dict[tuple[Kind, str], dict[str, FieldValue]]

_VERSIONS = {
    "version:upload:done": "draft",
    "version:submit:done": "in_review",
    "version:approve:rejected": "draft",
    "version:approve:done": "approved",
    "version:approve:self": "approved",
    "version:publish:done": "published",
    "version:settle:published": "published",
    "version:settle:superseded": "superseded",
    "version:settle:withdrawn": "withdrawn",
    "version:withdraw:done": "withdrawn",
}
_CASES = {"case:open:done": "open", "case:decide:approved": "approved", "case:decide:rejected": "rejected"}


def adopt_old_logs(database: Database, ledger: Ledger) -> None:
    """Give every log of the old form its keyed one, each in a transaction of its own; repeatable."""
    with database.read() as session:
        old = select(AuditHeadRow.institution_id).where(AuditHeadRow.version == UNKEYED)
        institution_ids = sorted(session.exec(old))
    for institution_id in institution_ids:
        if not _was_keyed(ledger, institution_id):
            with database.write() as session:
                _adopt(session, institution_id, ledger)


def _was_keyed(ledger: Ledger, institution_id: str) -> bool:
    return any(c.version >= KEYED for c in ledger.checkpoints.read(institution_id).valid)


def _adopt(session: Session, institution_id: str, ledger: Ledger) -> None:
    log = AuditLog(session, institution_id, ledger)
    if log.lock().version >= KEYED:
        return  # another process was first
    told = _told(session, institution_id)
    records = [r for r in stored_records(session, institution_id, ledger.master.audit) if r.kind is not Kind.EVIDENCE]
    log.begin_keyed()
    log.append(Happening("log:key:done", institution_id, {"records": len(records)}))
    for record in records:
        if _is_as_told(record, told):
            log.append(record.happening("adopt:done"))
    for kind, subject_id in sorted(told.keys() - {(r.kind, r.subject_id) for r in records}):
        log.append(Happening(f"{kind.value}:adopt:missing", subject_id))
    log.checkpoint()


def _told(session: Session, institution_id: str) -> Told:
    """What the old log last told of each version, case and decision."""
    told: Told = {}
    own = select(AuditEntryRow).where(AuditEntryRow.institution_id == institution_id)
    for entry in session.exec(own.order_by(col(AuditEntryRow.seq))):
        fields, subject_id = read_fields(entry.fields), entry.subject_id
        if entry.action in _VERSIONS:
            known = told.setdefault((Kind.VERSION, subject_id), {})
            known["status"] = _VERSIONS[entry.action]
            known.update({name: fields[name] for name in ("effective_to",) if name in fields})
        if entry.action in _CASES:
            told[Kind.CASE, subject_id] = {"state": _CASES[entry.action]}
        if entry.action.startswith("case:decide:"):
            told[Kind.DECISION, subject_id] = {"by": fields.get("by"), "approved": entry.action.endswith(":approved")}
    return told


def _is_as_told(record: Record, told: Told) -> bool:
    if record.kind is Kind.MESSAGE:
        return True
    known = told.get((record.kind, record.subject_id))
    return known is not None and known.items() <= record.stated.items()
