"""The links of a batch's rows to the same document in another language: each leads somewhere when all are taken in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from app.console.errors import BadForm
from app.documents.upload_form import require_sibling
from knowledge_bases.schema import VersionInfo

UNTICKED = "{sibling} is not ticked, so it can't be linked. Tick its row, or leave “In another language” empty."


def without_sibling(
    asked: Mapping[int, VersionInfo], there: Sequence[VersionInfo], unticked: Collection[str]
) -> dict[int, str]:
    """A sentence for each row (its place) whose sibling is none of the versions ``there``, or is in its own language.

    ``there`` are the versions known and those of the rows to be taken in; ``unticked`` the documents of other rows.
    """
    found: dict[int, str] = {}
    missing = set(unticked) - {info.key.document for info in there}
    for place, info in asked.items():
        try:
            require_sibling(info, there)
        except BadForm as error:
            found[place] = UNTICKED.format(sibling=info.sibling) if info.sibling in missing else str(error)
    return found
