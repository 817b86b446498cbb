"""What stands beside the answers: stored files, the worker and its jobs, scans, and second judges."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import httpx

from app.answering.judges.settings import SecondJudgeSettings
from app.db.columns import now_utc
from app.doctor.part import Part, institution_ids, looked_at
from app.documents.progress import is_stuck, silent_s
from app.documents.service import DocumentService
from app.documents.types import FINISHED, DocumentVersion
from app.foundation import Foundation
from app.jobs.heartbeat import STALE_S, Seen, known_workers, last_beat_s
from app.removal.receipts import Receipts
from app.settings import Settings
from retrieval.entailment import EntailmentReader


def scans() -> str:
    from app.jobs.scans import engines  # loads the parsers, which no other command here needs

    names = engines()
    if not names:
        raise ValueError("no engine to read scanned pages: install tesseract-ocr, -chi-tra and -chi-sim")
    advice = "" if "tesseract" in names else "; tesseract-ocr with -chi-tra and -chi-sim reads better and faster"
    return f"read by {' and '.join(names)}{advice}"


def stored_files(foundation: Foundation, read: bool) -> Iterator[Part]:
    for institution_id in institution_ids(foundation):
        yield looked_at(f"files of {institution_id}", partial(_files, foundation, institution_id, read))


def _files(foundation: Foundation, institution_id: str, read: bool) -> str:
    """Every original and parse that an answer may cite; those withdrawn are evidence still, until they are removed.

    Raises:
        FileMissing: one is gone. FileDamaged: one is not what was stored.
    """
    with foundation.database.read() as session:
        versions = DocumentService(session, institution_id, foundation.ledger).all()
        removed = Receipts(session, institution_id, foundation.ledger).gone()
    published = [version for version in versions if version.published_at is not None]
    for version in published:
        for file in version.files:
            if (version.info.key, file.sha256) not in removed:
                foundation.files(institution_id).check(file.sha256, None if read else file.size_bytes)
    looked_at = "hashes" if read else "sizes"
    return f"originals and parses of {len(published)} published versions, all {looked_at} right"


def second_judges(settings: Settings) -> Iterator[Part]:
    """Who judges generated sentences once more; where one is ill, every sentence that a model writes is held."""
    for institution_id, judge in settings.second_judges.items():
        yield looked_at(f"second judge of {institution_id}", partial(_second_judge, settings, judge))


def _second_judge(settings: Settings, judge: SecondJudgeSettings) -> str:
    """Raises:
    PairReaderUnavailable: the folder holds no NLI model. httpx.HTTPError: the server does not answer.
    """
    if judge.nli_folder is None:
        return _served(judge.base_url or "", settings.key_of(judge).get_secret_value())
    EntailmentReader(judge.nli_folder).read("The branch opens at nine.", "The branch opens at nine.")
    return f"{judge.nli_folder.name} reads"


def _served(base_url: str, key: str) -> str:
    reply = httpx.get(f"{base_url}/models", headers={"Authorization": f"Bearer {key}"}, timeout=3.0)
    reply.raise_for_status()
    return f"{base_url} answers"


def worker(foundation: Foundation) -> Part:
    """A silent worker is ill only where somebody waits for it: a house that takes no uploads may run without."""
    with foundation.database.read() as session:
        age_s, workers = last_beat_s(session), known_workers(session)
    if any(worker.alive for worker in workers):
        return Part("worker", True, "; ".join(_told(worker) for worker in workers))
    waiting = len(_unfinished(foundation))
    if not waiting:
        return Part("worker", True, "not running, and nothing waits; uploads need candour serve or candour worker")
    seen = "never seen" if age_s is None else f"silent for {age_s:.0f} s, {STALE_S:.0f} s are allowed"
    return Part("worker", False, f"{seen}; uploads waiting: {waiting}; start candour serve or candour worker")


def _told(worker: Seen) -> str:
    state = "seen" if worker.alive else "gone, last seen"
    return f"{worker.id} on {worker.host} (process {worker.pid}) {state} {worker.ago_s:.0f} s ago"


def jobs(foundation: Foundation) -> Part:
    """A job that was begun and says nothing any more, though a worker may be alive."""
    now, unfinished = now_utc(), _unfinished(foundation)
    stuck = [version for version in unfinished if is_stuck(version.progress, now)]
    if not stuck:
        return Part("jobs", True, f"{len(unfinished)} uploads wait or are being read")
    first, silent = stuck[0].info.key, silent_s(stuck[0].progress, now) or 0.0
    says = f"{len(stuck)} stuck, {first.document} {first.version} without progress for {silent / 60:.0f} min"
    return Part("jobs", False, f"{says}; see the worker's log, or cancel it in the console and read it again")


def _unfinished(foundation: Foundation) -> tuple[DocumentVersion, ...]:
    """The uploads of all institutions that are not read to the end yet."""
    ids = institution_ids(foundation)
    with foundation.database.read() as session:
        versions = (v for i in ids for v in DocumentService(session, i, foundation.ledger).all())
        return tuple(version for version in versions if version.progress.stage not in FINISHED)
