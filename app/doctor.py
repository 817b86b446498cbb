"""The health of every part, each told in one sentence that says what to do where it is ill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import httpx

from app.composition import own_flows
from app.db.columns import now_utc
from app.documents.opened import DAMAGED, OpenSnapshots
from app.documents.progress import is_stuck, silent_s
from app.documents.service import DocumentService
from app.documents.types import FINISHED, DocumentVersion
from app.embedding.engines import choice_of, make_embedder, make_reader, question_engine
from app.embedding.known import find_embedder
from app.embedding.standing import says, standing_of
from app.foundation import Foundation, lay_foundation
from app.hong_kong import today_in_hong_kong
from app.institutions.service import InstitutionService
from app.jobs.heartbeat import STALE_S, Seen, known_workers, last_beat_s
from app.removal.receipts import Receipts
from app.rules.looking import desk_of_rules
from app.rules.provider import StoredRulebooks, rulebooks_of
from app.settings import Settings
from app.switches.reading import all_settings
from guardrails.errors import RulebookError
from guardrails.rails.engine import Rails
from guardrails.rule_examples import check_examples
from guardrails.rulebook import load_rulebook
from retrieval.errors import SnapshotError
from retrieval.snapshot import open_snapshot


@dataclass(frozen=True)
class Part:
    """One part of the product and how it is."""

    name: str
    well: bool
    says: str


def examine(settings: Settings, *, read_files: bool = False) -> tuple[Part, ...]:
    """Looks at every part; never raises. Loads the model, so it takes some seconds.

    ``read_files``: the bytes of stored files are held against their hashes, not only their sizes.
    """
    try:
        foundation = lay_foundation(settings)
    except Exception as error:
        return (Part("database", False, f"{type(error).__name__}: check CANDOUR_DATABASE_URL and CANDOUR_DATA_DIR"),)
    return (
        Part("database", True, foundation.database.engine.dialect.name),
        _looked_at("switches", lambda: _switches(foundation)),
        _looked_at("rulebook", _rulebook),
        *_rulebooks_in_force(foundation),
        _looked_at("rails", lambda: _rails(foundation)),
        *_own_flows(foundation),
        _looked_at("embedder", lambda: _embedder(settings)),
        _looked_at("reranker", lambda: _reranker(settings)),
        _looked_at("scans", _scans),
        *_snapshots(foundation),
        *_models(foundation),
        _looked_at("indexes", lambda: _indexes(foundation)),
        *_stored_files(foundation, read_files),
        _looked_at("model", lambda: _model(settings)),
        _worker(foundation),
        _jobs(foundation),
    )


def _looked_at(name: str, look: Callable[[], str]) -> Part:
    try:
        return Part(name, True, look())
    except Exception as error:
        return Part(name, False, f"{type(error).__name__}: {error}")


def _switches(foundation: Foundation) -> str:
    """What somebody stopped on purpose is no illness, but whoever looks for one should know of it first."""
    with foundation.database.read() as session:
        on = all_settings(session)
    told = (f"{s.switch} for {'all' if s.everywhere else s.scope} since {s.at:%Y-%m-%d %H:%M} UTC" for s in on)
    return f"ON: {'; '.join(told)} (candour switches list says why)" if on else "none is on"


def _embedder(settings: Settings) -> str:
    embedder = make_embedder(choice_of(settings))
    embedder.embed_question("is it well?")
    return f"{embedder.id} reads {', '.join(sorted(embedder.reads))}"


def _reranker(settings: Settings) -> str:
    bounded = make_reader(settings)
    if bounded is None:
        return "no cross-encoder set: the learned order stands"
    bounded.reader.scores("is it well?", ["it is", "it is not"])
    return f"{bounded.id} orders the first {bounded.most}, within {bounded.timeout_s:g} s"


def _scans() -> str:
    from app.jobs.scans import engines  # loads the parsers, which no other command here needs

    names = engines()
    if not names:
        raise ValueError("no engine to read scanned pages: install tesseract-ocr, -chi-tra and -chi-sim")
    advice = "" if "tesseract" in names else "; tesseract-ocr with -chi-tra and -chi-sim reads better and faster"
    return f"read by {' and '.join(names)}{advice}"


def _rulebook() -> str:
    rulebook = load_rulebook()
    wrong = check_examples(rulebook)
    if wrong:
        raise ValueError(f"{len(wrong)} examples fail, first: {wrong[0]}")
    return f"{len(rulebook.disclosures)} disclosures, {len(rulebook.conduct)} conduct rules, {rulebook.version[:12]}"


def _rulebooks_in_force(foundation: Foundation) -> Iterator[Part]:
    """What each institution's answers go by; one that does not load is an illness, though the one before it answers."""
    try:
        rulebooks = rulebooks_of(foundation)
    except RulebookError:
        return  # told above, and nothing answers
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
    for institution_id in ids:
        yield _looked_at(f"rules of {institution_id}", partial(_in_force, foundation, rulebooks, institution_id))


def _in_force(foundation: Foundation, rulebooks: StoredRulebooks, institution_id: str) -> str:
    today = today_in_hong_kong()
    with foundation.database.read() as session:
        desk = desk_of_rules(session, institution_id, foundation.ledger, rulebooks, today)
    version = desk.standing.rulebook.version[:12]
    if desk.problems:
        raise RulebookError(f"{'; '.join(desk.problems)}: answers go by {version}")
    told = f"shipped, {version}" if desk.binding is None else f"approved, {version}"
    moved = "; what is below has moved since: review in console · Rules" if desk.moved else ""
    waiting = f"; {len(desk.waiting)} proposed changes wait" if desk.waiting else ""
    return f"{told}{moved}{waiting}"


def _rails(foundation: Foundation) -> str:
    rails = Rails(load_rulebook(), models=foundation.settings.judges)
    try:
        passes = asyncio.run(rails.canary())
        if rails.condition().faults or not passes:
            said = "a benign question does not pass: every answer would be held"
            raise ValueError("; ".join(rails.condition().faults) or said)
    finally:
        rails.close()
    return "a benign question passes"


def _own_flows(foundation: Foundation) -> Iterator[Part]:
    """Which institutions have flows of their own, and whether a benign question passes them."""
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
    rails = Rails(load_rulebook(), own=own_flows(foundation), models=foundation.settings.judges)
    for institution_id in ids:
        if rails.has_own(institution_id) or institution_id in foundation.settings.judges:
            yield _looked_at(f"flows of {institution_id}", partial(_flows, rails, institution_id))
    rails.close()


def _flows(rails: Rails, institution_id: str) -> str:
    """Raises:
    ValueError: a flow is wrong, or stops everything.
    """
    fault = rails.faults_of(institution_id)
    if fault is not None:
        raise ValueError(f"{fault}; every answer of it is held")
    if not asyncio.run(rails.canary(institution_id)):
        raise ValueError("a benign question does not pass them: every answer of it is held")
    return "a benign question passes them"


def _snapshots(foundation: Foundation) -> Iterator[Part]:
    with foundation.database.read() as session:
        institutions = InstitutionService(session, foundation.ledger)
        pointers = {i.id: institutions.pointer(i.id).snapshot_id for i in institutions.all()}
    if not pointers:
        yield Part("snapshots", True, "no institution yet; add one with: candour institution add DIR")
    for institution_id, snapshot_id in pointers.items():
        yield _looked_at(institution_id, partial(_snapshot, foundation, institution_id, snapshot_id))


def _snapshot(foundation: Foundation, institution_id: str, snapshot_id: str | None) -> str:
    if snapshot_id is None:
        return "nothing published yet"
    root = foundation.index_root(institution_id)
    try:
        snapshot = open_snapshot(root, snapshot_id, institution_id=institution_id, embedder_id=None, verify="hashes")
    except DAMAGED as error:
        raise type(error)(f"{error}; {_instead(foundation, institution_id, snapshot_id)}") from error
    return f"{len(snapshot.manifest.segments)} versions, {len(snapshot.chunks)} chunks, all hashes right"


def _models(foundation: Foundation) -> Iterator[Part]:
    """Which model each institution is served with, and what is being built in its place."""
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
    for institution_id in ids:
        yield _looked_at(f"model of {institution_id}", partial(_served_with, foundation, institution_id))


def _served_with(foundation: Foundation, institution_id: str) -> str:
    """A model that is missing is an illness; that the settings ask for another is none: the old index answers.

    Raises:
        EmbedderUnavailable: words alone decide what is found.
    """
    wanted = make_embedder(choice_of(foundation.settings)).id
    standing = standing_of(foundation, institution_id, wanted)
    told = says(standing)
    if standing.served not in (None, wanted):
        find_embedder(foundation, standing.served or "", question_engine).embed_question("is it well?")
    return told


def _instead(foundation: Foundation, institution_id: str, damaged: str) -> str:
    """What customers get while the current snapshot is damaged."""
    try:
        serving = OpenSnapshots(foundation, lambda _: None).serving(institution_id, damaged)
    except SnapshotError:
        return "no earlier snapshot opens: every answer is held"
    return f"the last good one answers, {serving}"


def _indexes(foundation: Foundation) -> str:
    """How many versions an older chunker or analysis built. They answer all the same: no illness."""
    from app.jobs.reindex import stale_versions  # loads the parsers, which no other command here needs

    wanted = make_embedder(choice_of(foundation.settings)).id
    stale = 0
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
    for one in ids:
        stale += len(stale_versions(foundation, one, standing_of(foundation, one, wanted).served or wanted))
    if not stale:
        return "every version is indexed as it would be today"
    told = f"{stale} versions are indexed by older rules or words"
    return f"{told}; a worker builds them again, or candour knowledge reindex"


def _stored_files(foundation: Foundation, read: bool) -> Iterator[Part]:
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
    for institution_id in ids:
        yield _looked_at(f"files of {institution_id}", partial(_files, foundation, institution_id, read))


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


def _model(settings: Settings) -> str:
    if settings.llm_base_url is None:
        return "none configured: answers are quotes only"
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "none"
    reply = httpx.get(f"{settings.llm_base_url}/models", headers={"Authorization": f"Bearer {key}"}, timeout=3.0)
    reply.raise_for_status()
    return f"{settings.llm_base_url} answers"


def _worker(foundation: Foundation) -> Part:
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


def _jobs(foundation: Foundation) -> Part:
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
    with foundation.database.read() as session:
        ids = [institution.id for institution in InstitutionService(session, foundation.ledger).all()]
        versions = (v for i in ids for v in DocumentService(session, i, foundation.ledger).all())
        return tuple(version for version in versions if version.progress.stage not in FINISHED)
