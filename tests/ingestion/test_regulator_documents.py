"""On real guidelines: clauses stay whole, on their page, under their headings; nothing unproved is quotable."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.chunking import chunk_document, sees_all
from ingestion.sandbox import parse_file
from ingestion.wording import Unseen
from knowledge_bases.schema import Chunk, Language, UnitKind, VersionInfo, VersionKey
from retrieval.models import packaged_model
from retrieval.onnx_embedder import OnnxEmbedder

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "hk_regulator_documents"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the regulator documents in ../shared/data")


def chunks_of(name: str, unseen: Unseen = sees_all) -> tuple[Chunk, ...]:
    version = VersionInfo(VersionKey(name, "1"), name, Language.EN)
    return chunk_document(parse_file(FOLDER / f"{name}.pdf", f"{name}.pdf"), version, unseen)


def test_the_notice_of_a_fee_change_is_one_chunk_on_page_8_under_its_headings() -> None:
    chunks = chunks_of("Code of Banking Practice")
    (chunk,) = [chunk for chunk in chunks if "at least 30 days’ notice to affected customers" in chunk.text]
    assert chunk.page == 8
    assert chunk.heading_path[-1] == "6. Fees and Charges"
    assert "PART II - RECOMMENDATIONS ON BANKING PRACTICE" in chunk.heading_path
    (quote,) = [chunk.words(u.span) for u in chunk.units if chunk.words(u.span).startswith("6.3.")]
    assert quote.endswith("(see section 30.8 below).")


def test_the_table_of_contents_answers_nothing() -> None:
    chunks = chunks_of("Code of Banking Practice")
    assert not any(chunk.page in {2, 3} for chunk in chunks)


def test_a_guideline_set_in_a_layout_table_is_read_as_clauses() -> None:
    chunks = chunks_of("Anti-Money Laundering and Counter-Terrorist Financing Ordinance")
    quotes = [chunk.words(unit.span) for chunk in chunks for unit in chunk.units]
    assert any(quote.startswith("1.11 The term “terrorist financing” (TF) is defined") for quote in quotes)
    rows = sum(unit.kind is UnitKind.ROW for chunk in chunks for unit in chunk.units)
    assert rows < 0.1 * len(quotes)


def test_running_titles_are_gone() -> None:
    chunks = chunks_of("Credit Card Business")
    assert not any("Supervisory Policy Manual\n" in chunk.text for chunk in chunks)
    assert not any("V.1 – 05.01.06" in chunk.text for chunk in chunks)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.pdf")))
def test_the_packaged_embedder_reads_every_chunk_to_its_end(name: str) -> None:
    unseen = OnnxEmbedder(packaged_model(), threads=1).unseen_tokens
    chunks = chunks_of(name, unseen)
    assert chunks
    assert sum(unseen([chunk.indexed_text for chunk in chunks])) == 0
