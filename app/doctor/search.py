"""What questions are answered from: models, snapshots and their indexes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app.doctor.part import Part, institution_ids, looked_at
from app.documents.opened import DAMAGED, OpenSnapshots
from app.embedding.engines import choice_of, make_embedder, make_reader, question_engine
from app.embedding.known import find_embedder
from app.embedding.standing import says, standing_of
from app.foundation import Foundation
from app.institutions.service import InstitutionService
from app.settings import Settings
from retrieval.errors import SnapshotError
from retrieval.snapshot import open_snapshot


def embedder(settings: Settings) -> str:
    embedder = make_embedder(choice_of(settings))
    embedder.embed_question("is it well?")
    return f"{embedder.id} reads {', '.join(sorted(embedder.reads))}"


def reranker(settings: Settings) -> str:
    bounded = make_reader(settings)
    if bounded is None:
        return "no cross-encoder set: the learned order stands"
    bounded.reader.scores("is it well?", ["it is", "it is not"])
    return f"{bounded.id} orders the first {bounded.most}, within {bounded.timeout_s:g} s"


def snapshots(foundation: Foundation) -> Iterator[Part]:
    with foundation.database.read() as session:
        institutions = InstitutionService(session, foundation.ledger)
        pointers = {i.id: institutions.pointer(i.id).snapshot_id for i in institutions.all()}
    if not pointers:
        yield Part("snapshots", True, "no institution yet; add one with: candour institution add DIR")
    for institution_id, snapshot_id in pointers.items():
        yield looked_at(institution_id, partial(_snapshot, foundation, institution_id, snapshot_id))


def _snapshot(foundation: Foundation, institution_id: str, snapshot_id: str | None) -> str:
    if snapshot_id is None:
        return "nothing published yet"
    root = foundation.index_root(institution_id)
    try:
        snapshot = open_snapshot(root, snapshot_id, institution_id=institution_id, embedder_id=None, verify="hashes")
    except DAMAGED as error:
        raise type(error)(f"{error}; {_instead(foundation, institution_id, snapshot_id)}") from error
    return f"{len(snapshot.manifest.segments)} versions, {len(snapshot.chunks)} chunks, all hashes right"


def _instead(foundation: Foundation, institution_id: str, damaged: str) -> str:
    """What customers get while the current snapshot is damaged."""
    try:
        serving = OpenSnapshots(foundation, lambda _: None).serving(institution_id, damaged)
    except SnapshotError:
        return "no earlier snapshot opens: every answer is held"
    return f"the last good one answers, {serving}"


def models(foundation: Foundation) -> Iterator[Part]:
    """Which model each institution is served with, and what is being built in its place."""
    for institution_id in institution_ids(foundation):
        yield looked_at(f"model of {institution_id}", partial(_served_with, foundation, institution_id))


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


def indexes(foundation: Foundation) -> str:
    """How many versions an older chunker or analysis built. They answer all the same: no illness."""
    from app.jobs.reindex import stale_versions  # loads the parsers, which no other command here needs

    wanted = make_embedder(choice_of(foundation.settings)).id
    stale = 0
    for one in institution_ids(foundation):
        stale += len(stale_versions(foundation, one, standing_of(foundation, one, wanted).served or wanted))
    if not stale:
        return "every version is indexed as it would be today"
    told = f"{stale} versions are indexed by older rules or words"
    return f"{told}; a worker builds them again, or candour knowledge reindex"
