"""From the fields of the upload form to what is known of a version; every refusal says which field and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from app.console.errors import BadForm
from knowledge_bases.schema import Institution, Language, Sector, VersionInfo, VersionKey

_DOCUMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_TAG = re.compile(r"[a-z0-9_]{1,40}")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")
MAX_TITLE = 200


def version_info(institution: Institution, field: Callable[[str], str], key: VersionKey | None = None) -> VersionInfo:
    """What the form says of a version; ``field`` gives a field's text, empty where it is missing.

    ``key`` None: the form names the version too.

    Raises:
        BadForm: a field is missing or wrong.
    """
    starts, ends = day_of(field, "effective_from"), day_of(field, "effective_to")
    if starts and ends and ends <= starts:
        raise BadForm("“In force until” must be later than “In force from”.")
    return VersionInfo(
        key=key or VersionKey(_document(field), _version(field)),
        title=_title(field),
        language=_language(institution, field("language")),
        product=field("product") or None,
        tags=_tags(field("tags")),
        as_at=day_of(field, "as_at"),
        effective_from=starts,
        effective_to=ends,
        sibling=field("sibling") or None,
        sector=_sector(institution, field("sector")),
        owner=_owner(field("owner")),
    )


def id_from_title(title: str) -> str:
    """A document id made of a title's Latin letters and digits; empty where it has none."""
    return _NOT_IN_ID.sub("-", title.lower()).strip("-")[:80].strip("-")


def _title(field: Callable[[str], str]) -> str:
    title = field("title")
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


def _owner(value: str) -> str | None:
    if len(value) > MAX_TITLE:
        raise BadForm(f"Name the owner in at most {MAX_TITLE} characters.")
    return value or None


def day_of(field: Callable[[str], str], name: str) -> date | None:
    """The date in a field, None where it is empty.

    Raises:
        BadForm: it is no date.
    """
    value = field(name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise BadForm(f"Write the date as year-month-day, such as 2026-11-30 ({name.replace('_', ' ')}).") from error
