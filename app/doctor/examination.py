"""The health of every part, in the order in which one would look for what ails it."""

from __future__ import annotations

from app.doctor import guardrails, models, programs, search, work
from app.doctor.part import Part, looked_at
from app.foundation import lay_foundation
from app.settings import Settings


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
        looked_at("switches", lambda: guardrails.switches(foundation)),
        looked_at("rulebook", guardrails.rulebook),
        *guardrails.rulebooks_in_force(foundation),
        looked_at("rails", lambda: guardrails.rails(foundation)),
        *guardrails.institutions_flows(foundation),
        looked_at("embedder", lambda: search.embedder(settings)),
        looked_at("reranker", lambda: search.reranker(settings)),
        looked_at("scans", work.scans),
        *search.snapshots(foundation),
        *search.models(foundation),
        looked_at("indexes", lambda: search.indexes(foundation)),
        *work.stored_files(foundation, read_files),
        *models.served(settings),
        *work.second_judges(settings),
        work.worker(foundation),
        work.jobs(foundation),
        *programs.webhooks(foundation),
    )
