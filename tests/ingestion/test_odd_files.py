"""Two hundred odd files of other parsers' tests: each is read, or refused in one sentence; none hangs or crashes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingestion.errors import IngestionError
from ingestion.sandbox import ParseLimits, parse_file
from tests.ingestion.sentences import faults

ODD_FILES = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "odd_files"
LIMITS = ParseLimits(seconds=30, memory_bytes=1536 * 2**20)
# The Word files without a word in them: empty, or pictures, styles and empty tables only. All others must be read.
WORDLESS = frozenset(
    {
        "06feee_sty-having-styles-part.docx",
        "06fef1_tbl-2x2-table.docx",
        "10a090_blk-containing-table.docx",
        "1d6198_tiny-picture-target-base-relative.docx",
        "347562_external-picture.docx",
        "49303c_set-no-settings-part.docx",
        "633288_having-images.docx",
        "793cad_tbl-on-off-props.docx",
        "b2d50f_sty-behav-props.docx",
        "d45bb9_tiny-picture.docx",
        "d5fa28_tbl-having-tables.docx",
        "e10b86_empty.docx",
    }
)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not ODD_FILES.is_dir(), reason="needs the odd files in ../shared/data")
def test_odd_files_are_read_or_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes: Counter[tuple[str, str]] = Counter()
    wordless, wrong = set(), []
    for path in _files():
        try:
            parse_file(path, path.name, LIMITS)
            outcomes[path.suffix, "read"] += 1
        except IngestionError as refusal:
            outcomes[path.suffix, type(refusal).__name__] += 1
            wrong += faults(str(refusal), path.name)
            wordless |= {path.name} if path.suffix != ".pdf" else set()
    with capsys.disabled():
        print("\nodd files:", ", ".join(f"{kind} {how} {n}" for (kind, how), n in sorted(outcomes.items())))
    assert wrong == []
    assert wordless == WORDLESS
    assert outcomes.total() == 204


def _files() -> list[Path]:
    return sorted(path for path in ODD_FILES.rglob("*") if path.suffix in {".pdf", ".docx", ".html"})
