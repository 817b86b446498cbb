"""From a folder with ``institution.yaml`` to an institution and the documents it starts with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml

from knowledge_bases.errors import InstitutionFileError
from knowledge_bases.fields import Fields
from knowledge_bases.hours_fields import office_hours
from knowledge_bases.schema import Brand, Contact, Institution, Language, Sector, VersionInfo, VersionKey

FILE_NAME = "institution.yaml"
_ID = re.compile(r"[a-z][a-z0-9-]{1,62}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ORIGIN = re.compile(r"https?://[^/\s?#@*;,'\"]+")


@dataclass(frozen=True)
class DocumentSource:
    """A file of the folder and what is known of the version it holds. ``path`` exists."""

    path: Path
    info: VersionInfo


@dataclass(frozen=True)
class InstitutionFolder:
    """An institution as its folder describes it; ``sources`` in the order of the file."""

    institution: Institution
    sources: tuple[DocumentSource, ...]


def load_institution(folder: Path) -> InstitutionFolder:
    """Read ``folder/institution.yaml``.

    Raises:
        InstitutionFileError: the file is missing or not YAML, a field is wrong, a document's file is absent or lies
            outside the folder, or two documents share id and version.
    """
    fields = _read(folder / FILE_NAME)
    institution = institution_from(fields)
    sources = tuple(_source(folder, entry) for entry in fields.entries("documents"))
    _require_distinct(fields, sources)
    if sources and institution.privacy_document not in {None, *(s.info.key.document for s in sources)}:
        raise fields.error("privacy_document", f"{institution.privacy_document!r} is no document of this file")
    return InstitutionFolder(institution, sources)


def institution_from(fields: Fields) -> Institution:
    """The institution described by ``fields``; ``documents`` are not looked at.

    Raises:
        InstitutionFileError: a field is missing or wrong.
    """
    return Institution(
        id=institution_id(fields),
        names=fields.wording("names"),
        sectors=fields.choices("sectors", Sector),
        licences=frozenset(fields.texts("licences")),
        languages=fields.choices("languages", Language),
        sites=_sites(fields),
        contact=_contact(fields.part("contact")),
        brand=_brand(fields.part("brand")),
        privacy_document=fields.optional_text("privacy_document"),
        self_publish=fields.flag("self_publish"),
        slots=MappingProxyType(fields.optional_map("slots", lambda part, key: part.wording(key))),
        starters=MappingProxyType(fields.languages("starters")),
        rules_off=frozenset(fields.part("rules").texts("off")) if "rules" in fields.values else frozenset(),
    )


def institution_id(fields: Fields) -> str:
    """The institution's id: it names folders and appears in addresses, so only small letters, digits and hyphens."""
    text = fields.text("id")
    if not _ID.fullmatch(text):
        raise fields.error("id", f"{text!r} must be 2 to 63 small letters, digits or hyphens, a letter first")
    return text


def _read(path: Path) -> Fields:
    try:
        value = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InstitutionFileError(path, "", "there is no such file; an institution's folder needs one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InstitutionFileError(path, "", f"can't be read ({type(error).__name__}); save it as UTF-8") from error
    except yaml.YAMLError as error:
        raise InstitutionFileError(path, "", f"is not valid YAML; mend it{_line(error)}") from error
    if not isinstance(value, dict):
        raise InstitutionFileError(path, "", "must be a mapping that starts with id and names")
    return Fields(str(path), value)


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" near line {mark.line + 1}" if mark is not None else ""


def _source(folder: Path, entry: Fields) -> DocumentSource:
    path = (folder / entry.text("file")).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise entry.error("file", "lies outside the institution's folder; move it inside")
    if not path.is_file():
        raise entry.error("file", f"{entry.text('file')!r} does not exist in the institution's folder")
    return DocumentSource(path, _info(entry))


def _info(entry: Fields) -> VersionInfo:
    info = VersionInfo(
        key=VersionKey(_document_id(entry), entry.text("version")),
        title=entry.text("title"),
        language=entry.choice("language", Language),
        product=entry.optional_text("product"),
        tags=frozenset(entry.texts("tags")),
        as_at=entry.day("as_at"),
        effective_from=entry.day("effective_from"),
        effective_to=entry.day("effective_to"),
        sibling=entry.optional_text("sibling"),
        sector=entry.optional_choice("sector", Sector),
        owner=entry.optional_text("owner"),
    )
    if info.effective_from and info.effective_to and info.effective_to <= info.effective_from:
        raise entry.error("effective_to", "must lie after effective_from: it is the first day no longer in force")
    return info


def _document_id(entry: Fields) -> str:
    text = entry.text("id")
    if not _ID.fullmatch(text):
        raise entry.error("id", f"{text!r} must be 2 to 63 small letters, digits or hyphens, a letter first")
    return text


def _require_distinct(fields: Fields, sources: tuple[DocumentSource, ...]) -> None:
    seen: set[VersionKey] = set()
    for source in sources:
        key = source.info.key
        if key in seen:
            raise fields.error("documents", f"{key.document!r} version {key.version!r} is listed twice; rename one")
        seen.add(key)


def _sites(fields: Fields) -> tuple[str, ...]:
    sites = fields.texts("sites")
    for site in sites:
        if not _ORIGIN.fullmatch(site):
            raise fields.error("sites", f"{site!r} is no origin; write scheme://host[:port] with nothing after it")
    return sites


def _contact(part: Fields) -> Contact:
    return Contact(
        phone=part.text("phone"), email=part.text("email"), hours=part.wording("hours"), office_hours=office_hours(part)
    )


def _brand(part: Fields) -> Brand:
    for name in ("accent", "ink"):
        if not _COLOUR.fullmatch(part.text(name)):
            raise part.error(name, "must be a colour written #rrggbb")
    return Brand(accent=part.text("accent"), ink=part.text("ink"))
