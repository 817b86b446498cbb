"""One document in several languages: who belongs together, which language is missing, whose text is behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.documents.types import DocumentVersion, VersionStatus
from app.hong_kong import HONG_KONG
from knowledge_bases.schema import Institution, Language, VersionInfo


@dataclass(frozen=True)
class Sibling:
    """A document of the family in ``language``: its newest version, None where the family has none in it.

    ``behind``: its text is older than the version that was looked from; ``ahead``: newer.
    """

    language: Language
    version: DocumentVersion | None
    behind: bool = False
    ahead: bool = False


class Families:
    """The families among an institution's versions. A link that one side states holds both ways, and over several."""

    def __init__(self, institution: Institution, versions: Sequence[DocumentVersion]) -> None:
        self._languages = institution.languages
        self._newest = _newest(versions)
        self._family = families(versions)

    def of(self, version: DocumentVersion) -> tuple[Sibling, ...]:
        """A sibling for each other document of the family, and one without version for each language it lacks.

        In the institution's order of languages; a withdrawn or superseded version has the family of its document.
        """
        own = version.info
        others = self._family.get(own.key.document, frozenset()) - {own.key.document}
        found = [_seen_from(version, self._newest[document]) for document in sorted(others)]
        spoken = {own.language, *(sibling.language for sibling in found)}
        missing = [Sibling(language, None) for language in self._languages if language not in spoken]
        order = {language: place for place, language in enumerate(self._languages)}
        return tuple(sorted([*found, *missing], key=lambda s: order.get(s.language, len(order))))


def edition(version: DocumentVersion) -> date:
    """The day a text is of: its as-at date, else its first day in force, else the day it was uploaded."""
    info = version.info
    return info.as_at or info.effective_from or version.created_at.astimezone(HONG_KONG).date()


def _seen_from(version: DocumentVersion, other: DocumentVersion) -> Sibling:
    mine, theirs = edition(version), edition(other)
    return Sibling(other.info.language, other, behind=theirs < mine, ahead=theirs > mine)


def _newest(versions: Iterable[DocumentVersion]) -> dict[str, DocumentVersion]:
    """The version of each document whose text is newest; withdrawn ones do not count."""
    newest: dict[str, DocumentVersion] = {}
    for version in versions:
        document = version.info.key.document
        if version.status is VersionStatus.WITHDRAWN:
            continue
        if document not in newest or edition(version) > edition(newest[document]):
            newest[document] = version
    return newest


def families(versions: Iterable[DocumentVersion]) -> Mapping[str, frozenset[str]]:
    """The family of each document, by the links of its newest version; withdrawn ones have none."""
    return connected(version.info for version in _newest(versions).values())


def connected(infos: Iterable[VersionInfo]) -> Mapping[str, frozenset[str]]:
    """Documents by what they are linked to, directly or over others; a link to a document that is not there is none."""
    known = {info.key.document: info.sibling for info in infos}
    family = {document: frozenset({document}) for document in known}
    for document, sibling in known.items():
        if sibling in family:
            joined = family[document] | family[sibling]
            family |= dict.fromkeys(joined, joined)
    return family
