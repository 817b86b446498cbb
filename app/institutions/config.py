"""An institution's configuration as it is stored: canonical JSON with the names of ``institution.yaml``."""

from __future__ import annotations

import json
from typing import Any

from app.db.columns import canonical_json
from knowledge_bases.fields import Fields
from knowledge_bases.hours_fields import hours_value
from knowledge_bases.loader import institution_from
from knowledge_bases.schema import Contact, Institution, Wording


def to_config(institution: Institution) -> str:
    """The configuration of ``institution``; ``from_config`` gives an equal institution back."""
    return canonical_json(
        {
            "id": institution.id,
            "names": _wording(institution.names),
            "sectors": [sector.value for sector in institution.sectors],
            "licences": sorted(institution.licences),
            "languages": [language.value for language in institution.languages],
            "sites": list(institution.sites),
            "contact": _contact(institution.contact),
            "brand": {"accent": institution.brand.accent, "ink": institution.brand.ink},
            "privacy_document": institution.privacy_document,
            "self_publish": institution.self_publish,
            "slots": {name: _wording(wording) for name, wording in institution.slots.items()},
            "starters": {language.value: list(texts) for language, texts in institution.starters.items()},
            **({"rules": {"off": sorted(institution.rules_off)}} if institution.rules_off else {}),
        }
    )


def from_config(config: str) -> Institution:
    """The institution stored as ``config``.

    Raises:
        InstitutionFileError: the stored text was changed by hand and no longer describes an institution.
    """
    values: dict[str, Any] = json.loads(config)
    return institution_from(Fields(f"stored configuration of {values.get('id')}", values))


def _contact(contact: Contact) -> dict[str, Any]:
    stated = {"phone": contact.phone, "email": contact.email, "hours": _wording(contact.hours)}
    return stated if contact.office_hours is None else {**stated, "office_hours": hours_value(contact.office_hours)}


def _wording(wording: Wording) -> dict[str, str]:
    return {"en": wording.en, "zh-Hant": wording.zh_hant, "zh-Hans": wording.zh_hans}
