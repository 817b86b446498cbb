"""The sample institutions' PDFs are printed from HTML: what can be quoted from them must stand in what was printed."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from app.samples import sample_folders
from ingestion.chunking import chunk_document
from ingestion.sandbox import parse_file
from knowledge_bases.loader import InstitutionFolder
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from retrieval.models import packaged_model
from retrieval.onnx_embedder import OnnxEmbedder

BASES = Path(__file__).resolve().parents[2] / "knowledge_bases"
PRINTED = [
    (pdf, source)
    for pdf in sorted(BASES.glob("*/documents/*.pdf"))
    if (source := pdf.parents[1] / "sources" / f"{pdf.stem}.html").is_file()
]
MARGIN = re.compile(r'content: "([^"]*)"')  # what a page's style prints in its margins
BLOCKS = ["p", "li", "td", "th", "h1", "h2", "h3", "caption", "dd", "dt"]


def bare(text: str) -> str:
    return re.sub(r"[\s|•]+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.slow
@pytest.mark.parametrize("folder", sample_folders(), ids=lambda folder: folder.institution.id)
def test_the_packaged_embedder_reads_every_chunk_of_the_samples_to_its_end(folder: InstitutionFolder) -> None:
    unseen = OnnxEmbedder(packaged_model(), threads=1).unseen_tokens
    for source in folder.sources:
        chunks = chunk_document(parse_file(source.path, source.path.name), source.info, unseen)
        assert chunks
        assert sum(unseen([chunk.indexed_text for chunk in chunks])) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("pdf", "source"), PRINTED, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_every_quotable_unit_stands_in_the_source_and_every_block_of_the_source_in_the_text(
    pdf: Path, source: Path
) -> None:
    page = BeautifulSoup(source.read_bytes(), "lxml")
    in_margins = " ".join(MARGIN.findall(" ".join(style.get_text() for style in page("style"))))
    for unseen in page(["script", "style", "title"]):
        unseen.decompose()
    printed = bare(f"{page.get_text(' ')} {in_margins}")
    document = parse_file(pdf, pdf.name)
    language = Language.ZH_HANT if "-zh" in pdf.stem else Language.EN
    chunks = chunk_document(document, VersionInfo(VersionKey(pdf.stem, "1"), pdf.stem, language))
    quotes = [chunk.words(unit.span) for chunk in chunks for unit in chunk.units]
    assert quotes
    assert [quote for quote in quotes if bare(quote) not in printed] == []
    text = bare(document.text)
    assert [block.get_text() for block in page.find_all(BLOCKS) if bare(block.get_text(" ")) not in text] == []
