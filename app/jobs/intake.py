"""Files from the command line into an institution: stored, registered, ingested; a bad one is named, the rest go on."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from app.answering.language import detect_language
from app.batches.stated_days import stated_days
from app.documents.errors import DocumentsError, FactsDiffer, VersionExists
from app.documents.release import publish_versions
from app.documents.service import DocumentService
from app.documents.types import DocumentVersion, Progress, Stage, Upload
from app.foundation import Foundation
from app.hong_kong import HONG_KONG
from app.jobs.ingest import AT_ONCE, Ingestion, Job, Report
from app.jobs.limits import parse_limits
from app.jobs.space import is_out_of_space
from app.jobs.taken import Apart, Arrival, Refused, Taken
from ingestion.errors import IngestionError
from ingestion.sandbox import parse_file
from knowledge_bases.loader import DocumentSource
from knowledge_bases.parsed import ParsedDocument
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.ports import Embedder

SAMPLE_CHARACTERS = 4000  # of a text, enough to tell its language
FIRST_VERSION = "1"
GENERAL = "general"
GIVEN: Mapping[str, Callable[[VersionInfo], str | date | None]] = {
    "language": lambda info: info.language.value,
    "product": lambda info: info.product,
    "as-at day": lambda info: info.as_at,
    "first day in force": lambda info: info.effective_from,
    "first day no longer in force": lambda info: info.effective_to,
}
NO_SPACE_HERE = "no space is left where documents are stored; free some and take the file in again"


@dataclass(frozen=True)
class Intake:
    """A file and what is known of the version it becomes. ``language_known`` False: it is told from the text.

    ``insists``: the version must have these facts; without, one that is here already keeps its own.
    """

    path: Path
    info: VersionInfo
    language_known: bool = True
    insists: bool = False

    @classmethod
    def of(cls, source: DocumentSource) -> Intake:
        """A document that an institution's folder lists."""
        return cls(source.path, source.info)

    @property
    def is_to_be_told(self) -> bool:
        """Whether a fact is missing that the file's own text may state."""
        return not self.language_known or (self.info.as_at is None and self.info.effective_from is None)

    def completed(self, parsed: ParsedDocument | None, changed: date) -> VersionInfo:
        """With the facts an approval needs, where nobody gave them: as ``parsed`` states them, else as at the day the
        file ``changed`` and about "general"."""
        info = self.info
        if parsed is not None and not self.language_known:
            info = replace(info, language=detect_language(parsed.text[:SAMPLE_CHARACTERS]))
        if info.as_at is None:
            stated = None if parsed is None else stated_days(parsed.text).as_at
            info = replace(info, as_at=info.effective_from or (changed if stated is None else stated.day))
        if not (info.product or info.tags):
            info = replace(info, tags=frozenset({GENERAL}))
        return info


def from_paths(paths: Sequence[Path], language: Language | None) -> list[Intake]:
    """An intake a path: the document's id and title come from the file's name."""
    infos = (VersionInfo(VersionKey(_id(path), FIRST_VERSION), path.stem, language or Language.EN) for path in paths)
    return [Intake(path, info, bool(language), insists=True) for path, info in zip(paths, infos, strict=True)]


class _IntakeLeft(Exception):
    """Nobody waits for the files any more."""


def take_all(
    foundation: Foundation, embedder: Embedder, institution_id: str, intakes: Iterable[tuple[Intake, Report]], by: str
) -> Generator[Taken | Refused, None, None]:
    """``take`` for each file and who is told of its progress, a few files at once; results in the order of the files.

    Whoever leaves early leaves the files that are under way where they are; they go on when they are taken again.
    """
    left = threading.Event()

    def taken(one: tuple[Intake, Report]) -> Taken | Refused:
        intake, report = one

        def heard(progress: Progress) -> None:
            if left.is_set():
                raise _IntakeLeft
            report(progress)

        return take(foundation, embedder, institution_id, intake, by, heard)

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="intake")
    try:
        yield from pool.map(taken, intakes)
    finally:
        left.set()
        pool.shutdown(cancel_futures=True)


def take(
    foundation: Foundation, embedder: Embedder, institution_id: str, intake: Intake, by: str, report: Report
) -> Taken | Refused:
    """Stores, registers and ingests one file, its facts completed. One that was ingested before costs nothing."""
    try:
        content = intake.path.read_bytes()
        changed = datetime.fromtimestamp(intake.path.stat().st_mtime, HONG_KONG).date()
    except OSError as error:
        return Refused.unreadable(intake.path, error)
    try:
        known = _known(foundation, institution_id, intake, content)
        parsed = _parsed(foundation, intake, content, report) if intake.is_to_be_told and known is None else None
        info = intake.completed(parsed, changed) if known is None else known.info
        version = _register(foundation, institution_id, Upload(info, intake.path.name, "", by), content)
        if version.progress.stage is not Stage.READY:
            version = Ingestion(foundation, embedder, report).run(Job(institution_id, info.key), parsed)
    except (IngestionError, DocumentsError) as error:
        return Refused(intake.path.name, str(error))
    except (OSError, DBAPIError) as error:
        if not is_out_of_space(error):
            raise
        return Refused(intake.path.name, f"{intake.path.name}: {NO_SPACE_HERE}")
    return Taken(intake.path.name, version, Arrival.of(known), Apart.of(foundation, institution_id, version))


def publish_taken(foundation: Foundation, institution_id: str, taken: Sequence[Taken], by: str) -> str | None:
    """Publishes in one snapshot what is not published yet; returns the current snapshot's id."""
    return publish_versions(foundation, institution_id, [t.version.info.key for t in taken], by).snapshot_id


def _register(foundation: Foundation, institution_id: str, upload: Upload, content: bytes) -> DocumentVersion:
    sha256 = foundation.files(institution_id).put(content)
    with foundation.database.write() as session:
        service = DocumentService(session, institution_id, foundation.ledger)
        version = service.register(replace(upload, file_sha256=sha256))
        if version.progress.stage is not Stage.READY:
            service.set_progress(upload.info.key, Progress(Stage.PARSING))  # ours: a worker's sweep passes it by
        return version


def _known(foundation: Foundation, institution_id: str, intake: Intake, content: bytes) -> DocumentVersion | None:
    """The version as it was here before; None: it is new.

    Raises:
        VersionExists: its label stands for another file. FactsDiffer: it has other facts than were given.
    """
    key = intake.info.key
    with foundation.database.read() as session:
        versions = DocumentService(session, institution_id, foundation.ledger).all()
    known = next((version for version in versions if version.info.key == key), None)
    if known is None:
        return None
    if known.file_sha256 != hashlib.sha256(content).hexdigest():
        raise VersionExists(key)
    differing = _differing(intake, known.info) if intake.insists else {}
    if differing:
        raise FactsDiffer(key, differing)
    return known


def _differing(intake: Intake, there: VersionInfo) -> dict[str, tuple[object, object]]:
    """The facts that were given and that the version has not: as they are there, and as they were given."""
    told = set() if intake.language_known else {"language"}
    facts = {name: (of(there), of(intake.info)) for name, of in GIVEN.items() if name not in told}
    return {name: pair for name, pair in facts.items() if pair[1] is not None and pair[0] != pair[1]}


def _parsed(foundation: Foundation, intake: Intake, content: bytes, report: Report) -> ParsedDocument:
    limits = parse_limits(foundation.settings)
    return parse_file(
        content, intake.path.name, limits, lambda done, total: report(Progress(Stage.PARSING, done, total))
    )


def _id(path: Path) -> str:
    """A document id from a file's name; what letters and digits of ASCII cannot say is kept apart by a short hash."""
    words = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    lost = "" if path.stem.isascii() else hashlib.sha256(path.stem.encode()).hexdigest()[:8]
    slug = "-".join(part for part in (words, lost) if part)
    return slug if words and words[0].isalpha() else f"document-{slug}".strip("-")
