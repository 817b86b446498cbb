"""Changing what is known of a version that customers do not see yet; its words and its label never change."""

from __future__ import annotations

import hashlib
from dataclasses import fields

from app.db.columns import canonical_json
from app.documents.errors import FactsChanged, WrongStatus
from app.documents.rows import info_of, write_info
from app.documents.types import FINISHED, Act, Stage, VersionStatus
from app.documents.writing import VersionWriter
from knowledge_bases.schema import VersionInfo

EDITABLE = frozenset({VersionStatus.DRAFT, VersionStatus.IN_REVIEW, VersionStatus.APPROVED})
EDITABLE_STAGES = frozenset({Stage.RECEIVED, *FINISHED})
_BESIDE_THE_TEXT = frozenset({"sibling", "owner", "sector"})  # all other facts may stand in the indexed text


class Editing(VersionWriter):
    """Edits the facts of one institution's versions, within one unit of work."""

    def edit(self, info: VersionInfo, by: str, made_from: str | None = None) -> tuple[str, ...]:
        """Replace all that is known of the version ``info`` names; returns the fields that changed, by name.

        A version in review or approved is a draft again: nobody approved these facts. Where they stand in the indexed
        text, the version is received once more, so that it is indexed with them. No change does nothing.
        ``made_from``: the digest of the facts that ``info`` was made from; None: whatever they are by now.

        Raises:
            VersionNotFound: no such version.
            WrongStatus: it was published (upload a new version instead), or is being read.
            FactsChanged: somebody changed the facts since ``made_from``. ReadOnly: that is switched on.
        """
        row = self._get_locked(info.key)
        self._require_writable()
        if row.status not in EDITABLE:
            raise WrongStatus(info.key, row.status.value, "edited")
        if row.stage not in EDITABLE_STAGES:
            raise WrongStatus(info.key, "is being read", "edited")
        changed = _changed(info_of(row), info)
        if not changed:
            return ()
        if made_from not in (None, facts_digest(info_of(row))):
            raise FactsChanged(info.key)
        write_info(row, info)
        row.approved_by, row.self_published, row.status = None, False, VersionStatus.DRAFT
        if row.stage is Stage.READY and not _BESIDE_THE_TEXT.issuperset(changed):
            row.stage, row.done, row.total = Stage.RECEIVED, 0, 0
            row.stage_since = row.progressed_at = None
        self._add_maker(row, by)
        self._note(row, Act.EDITED, by, ", ".join(changed).replace("_", " "))
        self._save(row, "edit:done", by=by, changed=",".join(changed))
        return changed


def facts_digest(info: VersionInfo) -> str:
    """Tells one state of a version's facts from another: a form carries that of the facts it was filled with."""
    facts = {f.name: str(getattr(info, f.name)) for f in fields(VersionInfo) if f.name != "tags"}
    return hashlib.sha256(canonical_json({**facts, "tags": sorted(info.tags)}).encode()).hexdigest()


def _changed(before: VersionInfo, after: VersionInfo) -> tuple[str, ...]:
    return tuple(f.name for f in fields(VersionInfo) if getattr(before, f.name) != getattr(after, f.name))
