"""The rows of the table in which a batch is confirmed: what is proposed, what was written, what stands against it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.batches.links import without_sibling
from app.batches.proposals import ReadFile, propose
from app.batches.types import Batch, BatchFile, FileStage
from app.console.access import Submission
from app.console.errors import BadForm
from app.documents.publishing import missing_before_approval
from app.documents.titles import same_title
from app.documents.types import DocumentVersion, Stage, VersionStatus
from app.documents.upload_form import day_of, version_info
from knowledge_bases.schema import Institution, Language, VersionInfo, VersionKey

FIELDS = (
    *("title", "document", "version", "language", "sibling", "product", "tags"),
    *("as_at", "effective_from", "effective_to", "sector", "owner"),
)
FOR_ALL = ("language", "product", "tags", "as_at", "effective_from", "effective_to", "sector", "owner", "version")
UNREAD = frozenset({Stage.FAILED, Stage.CANCELLED})


@dataclass(frozen=True)
class Row:
    """A file's row. ``fields`` stand in its cells; ``proposed`` names those nobody changed, ``why`` what they rest on.

    ``known``: the document it is a new version of. ``same``: a version that holds the very same file,
    ``unread`` where all that do could not be read or were stopped: the next step is on its page, not here.
    ``other_titles``: other titles that its document bears, here or in another row; then it may replace what it is not.
    """

    file: BatchFile
    fields: Mapping[str, str] = field(default_factory=dict)
    proposed: frozenset[str] = frozenset()
    why: Mapping[str, str] = field(default_factory=dict)
    known: VersionInfo | None = None
    same: VersionInfo | None = None
    unread: bool = False
    left_out: bool = False
    lacking: tuple[str, ...] = ()
    other_titles: tuple[str, ...] = ()
    problem: str | None = None


def rows_of(
    batch: Batch, institution: Institution, versions: Sequence[DocumentVersion], today: date
) -> tuple[Row, ...]:
    """A row for each file, in the order they came; a file that was not read has no cells."""
    alive = [version for version in versions if version.status is not VersionStatus.WITHDRAWN]
    read = [file for file in batch.files if file.stage is FileStage.READ and file.reading is not None]
    files = [ReadFile(file.name, file.reading) for file in read if file.reading is not None]
    proposals = dict(zip((file.place for file in read), propose(files, [v.info for v in alive], today), strict=True))
    rows = []
    for file in batch.files:
        if file.place not in proposals:
            rows.append(Row(file))
            continue
        proposal = proposals[file.place]
        fields = file.fields if file.fields is not None else proposal.fields
        holding = [v for v in alive if v.file_sha256 == file.sha256]
        unread = bool(holding) and all(v.progress.stage in UNREAD for v in holding)
        same = next((v.info for v in holding if unread or v.progress.stage not in UNREAD), None)
        known = [v.info for v in alive if v.info.key.document == fields["document"]]
        rows.append(
            Row(
                file=file,
                fields=fields,
                proposed=frozenset(name for name in FIELDS if fields.get(name, "") == proposal.fields.get(name, "")),
                why=proposal.why,
                known=known[0] if known else None,
                same=same,
                unread=unread,
                left_out=file.left_out if file.fields is not None else same is not None,
                lacking=_lacking(fields),
                other_titles=_other_titles(fields, [info.title for info in known]),
            )
        )
    return tuple(_beside(row, rows) for row in rows)


def _beside(row: Row, rows: Sequence[Row]) -> Row:
    """The row with what the others say of its document."""
    wanted_rows = [other for other in rows if other.fields and not other.left_out and other is not row]
    if not row.fields or row.left_out or row.other_titles:
        return row
    shared = [other.fields["title"] for other in wanted_rows if other.fields["document"] == row.fields["document"]]
    return replace(row, other_titles=_other_titles(row.fields, shared))


def _other_titles(fields: Mapping[str, str], titles: Sequence[str]) -> tuple[str, ...]:
    """The ``titles`` of a document, no two the same; none where one of them agrees with the row's."""
    if not fields["document"] or any(same_title(title, fields["title"]) for title in titles):
        return ()
    return tuple(dict.fromkeys(title for title in titles if title))


def written(sent: Submission, batch: Batch) -> tuple[dict[int, dict[str, str]], frozenset[int]]:
    """What the form says of each row that it has, by place, and the places that are not wanted."""
    places = [file.place for file in batch.files if f"title-{file.place}" in sent.form]
    fields = {place: {name: sent.typed(f"{name}-{place}") for name in FIELDS} for place in places}
    return fields, frozenset(place for place in places if f"take-{place}" not in sent.form)


def revision_of(sent: Submission) -> int:
    """The writing of the table that the form was made of; -1, which is never the newest, where it does not say."""
    said = sent.text("revision")
    return int(said) if re.fullmatch(r"\d{1,9}", said, re.ASCII) else -1


def applied(sent: Submission, fields: dict[int, dict[str, str]], left_out: frozenset[int]) -> dict[int, dict[str, str]]:
    """The rows with what stands in the row for all; an empty cell there changes nothing.

    Where ``only-empty`` is ticked, only cells without a value are filled.
    """
    for_all = {name: value for name in FOR_ALL if (value := sent.typed(f"all-{name}"))}
    keeps = "only-empty" in sent.form
    return {
        place: row if place in left_out else {**row, **_filling(for_all, row, keeps=keeps)}
        for place, row in fields.items()
    }


def _filling(for_all: Mapping[str, str], row: Mapping[str, str], *, keeps: bool) -> dict[str, str]:
    return {name: value for name, value in for_all.items() if not (keeps and row.get(name))}


def wanted(
    rows: Sequence[Row], institution: Institution, known: Sequence[VersionInfo]
) -> tuple[dict[int, VersionInfo], dict[int, str]]:
    """What each row that is wanted says, by place, and a sentence for each that says something wrong.

    ``known`` are the versions that are here already.
    """
    infos: dict[int, VersionInfo] = {}
    problems: dict[int, str] = {}
    for row in rows:
        if not row.fields or row.left_out:
            continue
        try:
            info = version_info(institution, lambda name, row=row: row.fields.get(name, ""))  # type: ignore[misc]
        except BadForm as error:
            problems[row.file.place] = str(error)
            continue
        twin = next((place for place, other in infos.items() if other.key == info.key), None)
        if twin is not None:
            problems[row.file.place] = f"{info.key.document} {info.key.version} stands in two rows. Change one of them."
        infos[row.file.place] = info
    unclear = {row.fields["document"] for row in rows if row.file.place in problems}
    unticked = {row.fields["document"] for row in rows if row.fields and row.left_out}
    asked = {place: info for place, info in infos.items() if info.sibling not in unclear}
    unlinked = without_sibling(asked, [*known, *infos.values()], unticked)
    for place, sentence in unlinked.items():
        problems[place] = " ".join(filter(None, [problems.get(place), sentence]))
    return infos, problems


def _lacking(fields: Mapping[str, str]) -> tuple[str, ...]:
    """What an approval will need and the row does not say yet; a day that can't be read is not said."""
    try:
        as_at = day_of(lambda name: fields.get(name, ""), "as_at")
    except BadForm:
        as_at = None
    tags = frozenset(filter(None, [fields.get("tags", "").strip()]))
    key = VersionKey(fields.get("document", ""), fields.get("version", ""))
    product = fields.get("product") or None
    return missing_before_approval(VersionInfo(key, "", Language.EN, product=product, tags=tags, as_at=as_at))
