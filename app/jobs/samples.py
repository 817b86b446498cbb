"""Brings the sample institutions into force, for a demo."""

from __future__ import annotations

from contextlib import suppress

import structlog

from app.documents.types import VersionStatus
from app.foundation import Foundation
from app.institutions.errors import InstitutionExists
from app.institutions.service import InstitutionService
from app.jobs.intake import Intake, take_all
from app.jobs.publication import publish_alone
from app.jobs.taken import Taken
from app.samples import sample_folders
from knowledge_bases.loader import InstitutionFolder
from retrieval.ports import Embedder

BY = "samples"

log = structlog.get_logger(__name__)


def seed_samples(foundation: Foundation, embedder: Embedder) -> None:
    """Brings every sample into force, one after the other, so that the first can be asked while the next is read."""
    for folder in sample_folders():
        log.info("samples.seeding", institution_id=folder.institution.id, count=len(folder.sources))
        seed_sample(foundation, embedder, folder)


def seed_sample(foundation: Foundation, embedder: Embedder, folder: InstitutionFolder) -> None:
    """Brings one sample into force; what is there already is left alone, so that it can be repeated.

    A document that staff withdrew stays withdrawn.

    Raises:
        RuntimeError: a sample's document was refused; a fault of the samples.
    """
    institution = folder.institution
    with suppress(InstitutionExists), foundation.database.write() as session:
        InstitutionService(session, foundation.ledger).add(institution)
    unheard = [(Intake.of(source), lambda progress: None) for source in folder.sources]
    results = list(take_all(foundation, embedder, institution.id, unheard, BY))
    refused = [result for result in results if not isinstance(result, Taken)]
    if refused:
        raise RuntimeError(f"sample {institution.id}: {'; '.join(r.reason for r in refused)}")
    taken = [result for result in results if isinstance(result, Taken) and _alive(result)]
    publish_alone(foundation, institution.id, taken, BY, hidden_seen=True)  # whoever ships a sample has read it


def _alive(taken: Taken) -> bool:
    return taken.version.status is not VersionStatus.WITHDRAWN
