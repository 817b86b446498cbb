"""From the fields of the upload form to what is known of a version; every refusal says which field and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from typing import TypeVar

from app.console.errors import BadForm
from app.hong_kong import iso_day, today_in_hong_kong
from app.plain_text import unseen
from knowledge_bases.schema import Institution, Language, Sector, VersionInfo, VersionKey

_DOCUMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_TAG = re.compile(r"[a-z0-9_]{1,40}")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")
MAX_TITLE = 200
Read = TypeVar("Read")


def version_info(institution: Institution, field: Callable[[str], str], key: VersionKey | None = None) -> VersionInfo:
    """What the form says of a version; ``field`` gives a field's text, empty where it is missing.

    ``key`` None: the form names the version too.

    Raises:
        BadForm: fields are missing or wrong; each has its sentence.
    """
    faults = _Faults()
    starts = faults.of(lambda: day_of(field, "effective_from"), None)
    ends = faults.of(lambda: day_of(field, "effective_to"), None)
    faults.of(lambda: _require_order(starts, ends), None)
    own = key or VersionKey(faults.of(lambda: _document(field), ""), faults.of(lambda: _version(field), ""))
    info = VersionInfo(
        key=own,
        title=faults.of(lambda: _title(field), ""),
        language=faults.of(lambda: _language(institution, field("language")), Language.EN),
        product=faults.of(lambda: _name(field, "product"), None),
        tags=faults.of(lambda: _tags(field("tags")), frozenset()),
        as_at=faults.of(lambda: _as_at(field, starts), None),
        effective_from=starts,
        effective_to=ends,
        sibling=faults.of(lambda: _sibling(field, own), None),
        sector=faults.of(lambda: _sector(institution, field("sector")), None),
        owner=faults.of(lambda: _name(field, "owner"), None),
    )
    if faults.sentences:
        raise BadForm(" ".join(faults.sentences))
    return info


@dataclass(frozen=True)
class _Faults:
    """What is wrong with a form: all of it, so that nobody mends one field to hear of the next."""

    sentences: list[str] = dataclass_field(default_factory=list)

    def of(self, read: Callable[[], Read], otherwise: Read) -> Read:
        """What ``read`` gives; ``otherwise`` where it is wrong, and then its sentence is noted."""
        try:
            return read()
        except BadForm as error:
            self.sentences.append(str(error))
            return otherwise


def _require_order(starts: date | None, ends: date | None) -> None:
    if starts and ends and ends <= starts:
        raise BadForm("“In force until” must be later than “In force from”.")


def require_sibling(info: VersionInfo, known: Iterable[VersionInfo]) -> None:
    """A link to the same document in another language leads to one; whichever comes later names the earlier one.

    Raises:
        BadForm: the sibling is none of the documents ``known``, or all its versions are in the language of ``info``.
    """
    if info.sibling is None:
        return
    languages = {other.language for other in known if other.key.document == info.sibling}
    if not languages:
        raise BadForm(
            f"There is no document {info.sibling} to be the same in another language. Link the two from the later one."
        )
    if languages == {info.language}:
        raise BadForm(f"{info.sibling} is in the same language. Name the document in another one, or leave it empty.")


def id_from_title(title: str) -> str:
    """A document id made of a title's Latin letters and digits; empty where it has none."""
    return _NOT_IN_ID.sub("-", title.lower()).strip("-")[:80].strip("-")


def _title(field: Callable[[str], str]) -> str:
    title = _line(field, "title")
    if not 1 <= len(title) <= MAX_TITLE:
        raise BadForm(f"Give the document a title of at most {MAX_TITLE} characters.")
    return title


def _document(field: Callable[[str], str]) -> str:
    document = field("document") or id_from_title(field("title"))
    if not _DOCUMENT.fullmatch(document):
        raise BadForm("Give the document an id of small letters, digits and hyphens, such as card-fees-en.")
    return document


def _version(field: Callable[[str], str]) -> str:
    version = field("version")
    if not _VERSION.fullmatch(version):
        raise BadForm("Give the version a label of letters, digits, dots and hyphens, such as 2026-11.")
    return version


def _language(institution: Institution, value: str) -> Language:
    for language in institution.languages:
        if language.value == value:
            return language
    raise BadForm("Choose the language the document is written in.")


def _tags(value: str) -> frozenset[str]:
    tags = frozenset(tag for tag in re.split(r"[,\s]+", value) if tag)
    wrong = sorted(tag for tag in tags if not _TAG.fullmatch(tag))
    if wrong:
        raise BadForm("A tag is written in small letters, digits and underscores, such as mpf_fund.")
    return tags


def _sector(institution: Institution, value: str) -> Sector | None:
    if not value:
        return None
    for sector in institution.sectors:
        if sector.value == value:
            return sector
    raise BadForm("Choose one of the institution's sectors, or all of them.")


def _line(field: Callable[[str], str], name: str) -> str:
    value = field(name)
    if found := unseen(value):
        raise BadForm(f"The {name} holds a character that nobody sees ({found}). Type it again.")
    if "\n" in value or "\t" in value:
        raise BadForm(f"Write the {name} on one line.")
    return value


def _name(field: Callable[[str], str], name: str) -> str | None:
    """A product or an owner: what others choose from a list."""
    value = _line(field, name)
    if len(value) > MAX_TITLE or "<" in value or ">" in value:
        raise BadForm(f"Name the {name} in at most {MAX_TITLE} characters, without < and >.")
    return value or None


def _sibling(field: Callable[[str], str], key: VersionKey) -> str | None:
    value = _line(field, "sibling")
    if value == key.document:
        raise BadForm(f"{value} can't be itself in another language. Name the other document, or leave it empty.")
    return value or None


def _as_at(field: Callable[[str], str], starts: date | None) -> date | None:
    """Figures of a day ahead are those of a version that starts no earlier; any other is a slip of the pen."""
    day = day_of(field, "as_at")
    if day is not None and day > max(today_in_hong_kong(), starts or date.min):
        raise BadForm("“Figures as at” lies ahead of today and of the first day in force. Correct one of the two.")
    return day


def day_of(field: Callable[[str], str], name: str) -> date | None:
    """The date in a field, None where it is empty.

    Raises:
        BadForm: it is no date.
    """
    value = field(name)
    try:
        return iso_day(value) if value else None
    except ValueError as error:
        raise BadForm(f"Write the date as year-month-day, such as 2026-11-30 ({name.replace('_', ' ')}).") from error
