"""An institution's folder: read whole, or refused with file, field and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge_bases.errors import InstitutionFileError
from knowledge_bases.loader import FILE_NAME, load_institution
from knowledge_bases.schema import Language, Sector, VersionKey

SAMPLES = sorted(path.parent for path in (Path(__file__).parents[2] / "knowledge_bases").glob(f"*/{FILE_NAME}"))
WORDS = {"en": "words", "zh-Hant": "文字", "zh-Hans": "文字"}


def a_document(**changes: Any) -> dict[str, Any]:
    document = {
        "id": "card-fees",
        "file": "documents/fees.md",
        "title": "Card fees",
        "language": "en",
        "product": "credit-card",
        "tags": ["credit_card", "fees"],
        "version": "2026-01",
        "as_at": date(2026, 1, 1),
        "effective_from": date(2026, 1, 1),
        "effective_to": None,
    }
    return document | changes


def a_description(**changes: Any) -> dict[str, Any]:
    description = {
        "id": "a-bank",
        "names": WORDS,
        "sectors": ["banking"],
        "licences": ["dps_member"],
        "languages": ["en", "zh-Hant", "zh-Hans"],
        "sites": ["http://localhost:8000"],
        "brand": {"accent": "#0b5d66", "ink": "#10252b"},
        "contact": {"phone": "+852 2000 0000", "email": "care@bank.example", "hours": WORDS},
        "privacy_document": "card-fees",
        "slots": {"bank": WORDS},
        "starters": {"en": ["What is the fee?"]},
        "documents": [a_document()],
    }
    return description | changes


def write(folder: Path, description: Any) -> Path:
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents" / "fees.md").write_text("# Fees")
    text = description if isinstance(description, str) else yaml.safe_dump(description, allow_unicode=True)
    (folder / FILE_NAME).write_text(text, "utf-8")
    return folder


def test_a_folder_is_read_whole(tmp_path: Path) -> None:
    found = load_institution(write(tmp_path, a_description()))
    assert (found.institution.id, found.institution.sectors) == ("a-bank", (Sector.BANKING,))
    assert found.institution.names.in_language(Language.ZH_HANT) == "文字"
    assert found.institution.starters == {Language.EN: ("What is the fee?",)}
    assert not found.institution.self_publish
    [source] = found.sources
    assert source.path.read_text() == "# Fees"
    assert (source.info.key, source.info.tags) == (VersionKey("card-fees", "2026-01"), {"credit_card", "fees"})
    assert (source.info.as_at, source.info.effective_to) == (date(2026, 1, 1), None)


def test_versions_of_a_document_stand_side_by_side(tmp_path: Path) -> None:
    old = a_document(version="2025-01", effective_from=date(2025, 1, 1), effective_to=date(2026, 1, 1))
    found = load_institution(write(tmp_path, a_description(documents=[a_document(), old])))
    assert [source.info.key.version for source in found.sources] == ["2026-01", "2025-01"]


def test_an_institution_may_start_without_documents(tmp_path: Path) -> None:
    assert load_institution(write(tmp_path, a_description(documents=[]))).sources == ()


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_every_sample_institution_loads(folder: Path) -> None:
    found = load_institution(folder)
    assert found.institution.id == folder.name
    assert len({source.info.key.document for source in found.sources}) >= 8


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"id": "A Bank"}, "id", "small letters"),
    ({"id": "../elsewhere"}, "id", "small letters"),
    ({"names": {"en": "only"}}, "names.zh-Hant", "missing"),
    ({"sectors": []}, "sectors", "at least one"),
    ({"sectors": ["bank"]}, "sectors", "banking"),
    ({"languages": ["fr"]}, "languages", "zh-Hans"),
    ({"sites": ["https://bank.example/page"]}, "sites", "origin"),
    ({"sites": ["*"]}, "sites", "origin"),
    ({"sites": ["https://bank.example; script-src *"]}, "sites", "origin"),
    ({"brand": {"accent": "teal", "ink": "#10252b"}}, "brand.accent", "#rrggbb"),
    ({"contact": None}, "contact", "missing"),
    ({"self_publish": "yes"}, "self_publish", "true or false"),
    ({"privacy_document": "nowhere"}, "privacy_document", "no document"),
    ({"starters": {"fr": ["?"]}}, "starters", "zh-Hans"),
    ({"slots": {"bank": "Harbour"}}, "slots.bank", "mapping"),
    ({"documents": "all"}, "documents", "list"),
    ({"documents": [a_document(), a_document()]}, "documents", "twice"),
    ({"documents": [a_document(file="missing.pdf")]}, "documents[0].file", "does not exist"),
    ({"documents": [a_document(file="../../outside.pdf")]}, "documents[0].file", "outside"),
    ({"documents": [a_document(version=2026)]}, "documents[0].version", "quote it"),
    ({"documents": [a_document(as_at="January")]}, "documents[0].as_at", "YYYY-MM-DD"),
    ({"documents": [a_document(effective_to=date(2026, 1, 1))]}, "documents[0].effective_to", "after effective_from"),
    ({"documents": [a_document(id="Fees!")]}, "documents[0].id", "small letters"),
]


@pytest.mark.parametrize(("changes", "field", "advice"), WRONG, ids=[f"{w[1]}: {w[2]}" for w in WRONG])
def test_a_wrong_field_is_named_with_what_to_do(
    tmp_path: Path, changes: dict[str, Any], field: str, advice: str
) -> None:
    with pytest.raises(InstitutionFileError) as refused:
        load_institution(write(tmp_path, a_description(**changes)))
    assert refused.value.field == field
    assert advice in str(refused.value)
    assert FILE_NAME in str(refused.value)


@pytest.mark.parametrize(
    ("text", "advice"), [("id: [", "not valid YAML"), ("- a\n- list", "mapping"), ("", "mapping"), ("id: a: b", "line")]
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, advice: str) -> None:
    with pytest.raises(InstitutionFileError, match=advice):
        load_institution(write(tmp_path, text))


def test_a_folder_without_the_file_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(InstitutionFileError, match="needs one"):
        load_institution(tmp_path)


def test_yaml_can_not_run_code(tmp_path: Path) -> None:
    with pytest.raises(InstitutionFileError, match="not valid YAML"):
        load_institution(write(tmp_path, "id: !!python/object/apply:os.getcwd []"))
