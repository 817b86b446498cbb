"""Scanned pages are read: their words, places, tables, and what could not be read for certain."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ingestion import sandbox
from ingestion.errors import EmptyFile, ParseLimitExceeded
from ingestion.ocr import paper, rapid, rulings, upright
from ingestion.ocr.mending import mended
from ingestion.ocr.reader import Reader, Reading
from ingestion.ocr.tesseract import Facing, Tesseract
from ingestion.ocr.types import Engine, Letter, Line, Picture, RecognitionFailed, Script
from ingestion.ocr.upright import Pose
from ingestion.parsers import pdf as pdf_parser
from ingestion.parsers.format import Recognition, Source
from ingestion.parsers.recognised import need, pages
from ingestion.parsers.recognised.layer import Letters
from ingestion.sandbox import ParseLimits, parse_file
from knowledge_bases.parsed import BlockKind
from tests.ingestion.printing import Line as Printed
from tests.ingestion.printing import lattice, paragraph, pdf
from tests.ingestion.scanning import DPI, chinese, picture, scanned, tesseract_here

__all__ = ["tesseract_here"]

WORDS = ["The bank gives notice of every change of its", "fees at least 30 days ahead of the change."]
NOTICE = [*paragraph(50, 120, WORDS, size=14)]
FEES = [
    *(Printed(60 + 200 * c, 214 + 24 * r, text, 12)
      for r, row in enumerate([("Card", "Annual fee"), ("Gold Card", "HK$880"), ("Green Card", "HK$440")])
      for c, text in enumerate(row)),
    *lattice([50, 250, 450], [196, 220, 244, 268]),
]  # fmt: skip


def line(text: str, confidence: float = 0.99, left: float = 100.0) -> Line:
    """A line as an engine gives it: 20 pixels a character, a blank between words."""
    words, x = [], left
    for word in text.split(" "):
        letters = [Letter(c, (x + 20 * n, 900.0, x + 20 * n + 18, 930.0), confidence) for n, c in enumerate(word)]
        words.append(tuple(letters))
        x = letters[-1].box[2] + 12
    return Line(tuple(words), (left, 900.0, x, 930.0), 925.0, 30.0)


@dataclass(frozen=True)
class FakeReader:
    """Reads the same lines in every picture, or fails."""

    lines: tuple[Line, ...] = ()
    fails: bool = False

    def read(self, picture: Picture) -> Reading:
        if self.fails:
            raise RecognitionFailed("its picture could not be read")
        return Reading(self.lines, (), picture.pixels.shape[1], 0, 0.0, "fake")


def reads(monkeypatch: pytest.MonkeyPatch, reader: FakeReader) -> None:
    monkeypatch.setattr(pages, "_reader", lambda: reader)


class TestOfAnEngine:
    """What every engine does."""

    @pytest.fixture(params=["tesseract", pytest.param("rapidocr", marks=pytest.mark.slow)])
    def engine(self, request: pytest.FixtureRequest) -> Engine:
        if request.param == "tesseract":
            return request.getfixturevalue("tesseract_here")
        found = rapid.installed()
        assert found is not None
        return found

    def test_reads_every_character_in_its_place(self, engine: Engine) -> None:
        image = picture(NOTICE).crop((0, 240, 1100, 400))
        lines = sorted(engine.read(Picture(np.asarray(image), DPI), Script.LATIN), key=lambda found: found.base)
        text = "".join(letter.text for found in lines for word in found.words for letter in word)
        assert text == "".join(WORDS).replace(" ", "")
        first = lines[0].words[0][0]
        assert first.box[0] == pytest.approx(50 * DPI / 72, abs=8)
        assert lines[0].base + 240 == pytest.approx(120 * DPI / 72, abs=10)
        assert all(0 <= letter.confidence <= 1 for found in lines for word in found.words for letter in word)

    def test_a_white_picture_has_no_lines(self, engine: Engine) -> None:
        assert engine.read(Picture(np.full((400, 400), 255, np.uint8), DPI), Script.LATIN) == ()


def test_a_scan_is_read_with_heading_table_and_places(tesseract_here: Tesseract) -> None:
    page = [Printed(50, 80, "Schedule of charges", 22), *NOTICE, *FEES]
    document = pdf_parser.parse(Source("x.pdf", scanned(picture(page))))
    printed = pdf_parser.parse(Source("x.pdf", pdf(page)))
    assert document.pages[0].recognised
    assert document.pages[0].problem is None
    heading, notice, table = document.blocks
    assert (heading.kind, heading.span.slice(document.text)) == (BlockKind.HEADING, "Schedule of charges")
    assert notice.span.slice(document.text) == " ".join(WORDS)
    assert document.boxes(notice.span)[0].box == pytest.approx(printed.boxes(printed.blocks[1].span)[0].box, abs=4)
    assert table.table is not None
    rows = [row.slice(document.text) for row in (*table.table.headers, *table.table.rows)]
    assert rows == ["Card | Annual fee", "Gold Card | HK$880", "Green Card | HK$440"]


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [90, 180, 270, 2])
def test_a_page_on_its_side_or_askew_is_read_and_its_places_are_on_the_page_as_it_lies(
    tesseract_here: Tesseract, degrees: int
) -> None:
    lines = paragraph(60, 120, WORDS * 8, size=13)
    image = picture(lines).rotate(degrees, Image.Resampling.BICUBIC, expand=degrees != 2, fillcolor=255)
    document = pdf_parser.parse(Source("x.pdf", scanned(image)))
    assert " ".join(WORDS) in document.text
    page = document.pages[0]
    assert (page.width < page.height) == (degrees in (180, 2))
    left, top, right, bottom = document.runs[0].box
    shape = np.asarray(image)
    ink = shape[int(top * DPI / 72) : int(bottom * DPI / 72), int(left * DPI / 72) : int(right * DPI / 72)] < 128
    assert 0.05 < ink.mean() < 0.5
    assert ((bottom - top) > (right - left)) == (degrees in (90, 270))


TRADITIONAL, SIMPLIFIED = "項費變會於險須繳", "项费变会于险须缴"  # the same characters in both scripts


@pytest.mark.slow
@pytest.mark.parametrize(("lines", "own", "other"), [
    (["本行就各項收費的變更，會於三十日前通知。", "保險費須於每年首日繳付。"], TRADITIONAL, SIMPLIFIED),
    (["本行就各项收费的变更，会于三十日前通知。", "保险费须于每年首日缴付。"], SIMPLIFIED, TRADITIONAL),
])  # fmt: skip
def test_chinese_comes_out_in_the_script_of_the_page(
    tesseract_here: Tesseract, lines: list[str], own: str, other: str
) -> None:
    text = pdf_parser.parse(Source("x.pdf", scanned(chinese(lines)))).text
    assert set(own) <= set(text)
    assert set(other).isdisjoint(text)


def greyed(image: Image.Image) -> Image.Image:
    """The page on grey paper with a shadow to the right, its ink pale and grainy."""
    paper = np.linspace(232, 196, image.width)[None, :]
    grain = np.random.default_rng(1).normal(0, 9, (image.height, image.width))
    pixels = 70 + (paper - 70) * np.asarray(image, dtype=np.float64) / 255 + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def test_a_grey_sheet_is_read_like_a_white_one(tesseract_here: Tesseract) -> None:
    page = [*NOTICE, *FEES]
    grey = pdf_parser.parse(Source("x.pdf", scanned(greyed(picture(page)))))
    white = pdf_parser.parse(Source("x.pdf", scanned(picture(page))))
    assert grey.text == white.text
    assert "Gold Card | HK$880" in grey.text


def test_white_paper_is_left_as_it_is_and_grey_paper_is_made_white() -> None:
    plain = Picture(np.asarray(picture(NOTICE)), DPI)
    assert paper.whitened(plain) is plain
    evened = paper.whitened(Picture(np.asarray(greyed(picture(NOTICE))), DPI)).pixels
    assert np.median(evened) > 240
    assert evened.min() < 100


def test_a_dark_band_on_grey_paper_is_no_paper() -> None:
    pixels = np.full((800, 800), 210, np.uint8)
    pixels[200:400] = 60
    evened = paper.whitened(Picture(pixels, 100)).pixels
    assert evened[210:390].max() < 90
    assert evened[500:].min() > 240


@dataclass(frozen=True)
class FakeTesseract:
    """Takes every page for English, and reads it with these confidences."""

    sure: dict[Script, float]

    @property
    def name(self) -> str:
        return "fake"

    def facing(self, picture: Picture) -> Facing:
        return Facing(0, chinese=False)

    def read(self, picture: Picture, script: Script) -> tuple[Line, ...]:
        return (line({Script.LATIN: "Hfi#", Script.HANT: "費用", Script.HANS: "费用"}[script], self.sure[script]),)


@pytest.mark.parametrize(("english", "expected"), [(0.93, "費用"), (0.99, "Hfi#")])
def test_a_page_taken_for_english_that_reads_poorly_is_tried_in_chinese(english: float, expected: str) -> None:
    engine = FakeTesseract({Script.LATIN: english, Script.HANT: 0.985, Script.HANS: 0.95})
    read = Reader(engine, None).read(Picture(np.full((300, 300), 255, np.uint8), DPI))  # type: ignore[arg-type]
    assert "".join(letter.text for found in read.lines for word in found.words for letter in word) == expected


def test_only_pages_in_need_are_read_and_the_caller_hears_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, FakeReader((line("Read from the picture."),)))
    heard: list[tuple[int, int]] = []
    raw = pdf(paragraph(50, 120, ["A page of words of its own, which need not be read."]))
    assert not pdf_parser.parse(Source("x.pdf", raw)).pages[0].recognised
    recognition = Recognition(report=lambda done, total: heard.append((done, total)))
    scan = scanned(picture(NOTICE), picture(NOTICE))
    document = pdf_parser.parse(Source("x.pdf", scan, recognition))
    assert document.text.count("Read from the picture.") == 2
    assert heard == [(0, 2), (1, 2), (2, 2)]


def test_pages_beyond_the_limit_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, FakeReader((line("Read from the picture."),)))
    scan = scanned(*[picture(NOTICE)] * 3)
    document = pdf_parser.parse(Source("x.pdf", scan, Recognition(pages=2)))
    assert [page.problem for page in document.pages] == [None, None, pages.LEFT_OUT]
    with pytest.raises(EmptyFile, match="split the file"):
        pdf_parser.parse(Source("x.pdf", scan, Recognition(seconds=0)))


def test_a_page_that_cannot_be_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, FakeReader(fails=True))
    with pytest.raises(EmptyFile, match=r"page 1: not read: its picture could not be read; upload a clearer scan"):
        pdf_parser.parse(Source("x.pdf", scanned(picture(NOTICE))))


def test_a_page_read_with_low_confidence_is_kept_named_and_not_quotable(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, FakeReader((line("Hardly to be made out.", confidence=0.5),)))
    document = pdf_parser.parse(Source("x.pdf", scanned(picture(NOTICE))))
    assert document.text == "Hardly to be made out.\n"
    assert document.pages[0].problem == pages.DOUBTFUL
    assert document.runs == ()


def test_one_doubtful_figure_makes_its_sentence_unquotable_and_no_other() -> None:
    read = line("The fee is 880. Notice is given.")
    doubtful = tuple(tuple(replace(c, confidence=0.6) if c.text == "8" else c for c in word) for word in read.words)
    letters = Letters([replace(read, words=doubtful)], 0.36, 1)
    (segment,) = letters.segments(letters.lines[0])
    boxed = {fragment.text: fragment.box is not None for fragment in segment.words if fragment.text.strip()}
    assert boxed == {"The fee is 880.": False, "Notice is given.": True}


def test_text_of_a_font_without_a_map_gives_way_to_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, FakeReader((line("What a reader sees."),)))
    shifted = ["".join(chr(ord(c) - 29) if c.isalpha() and ord(c) - 29 > 64 else "#" for c in WORDS[0])]
    monkeypatch.setattr(need, "doubtful", lambda text: True)
    document = pdf_parser.parse(Source("x.pdf", pdf(paragraph(50, 120, shifted))))
    assert document.text == "What a reader sees.\n"


def test_doubtful_text_that_the_picture_bears_out_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, FakeReader((line("Words of the page"),)))
    monkeypatch.setattr(need, "doubtful", lambda text: True)
    document = pdf_parser.parse(Source("x.pdf", pdf(paragraph(50, 120, ["Words of the page, in full."]))))
    assert document.text == "Words of the page, in full.\n"
    assert not document.pages[0].recognised


def test_unreadable_and_doubtful_text_is_told_from_good_text() -> None:
    assert need.unreadable("\ue001\ue002 \ue003 a b c")
    assert not need.unreadable("\uf0b7 A bullet of private use says nothing about the rest of the page.")
    assert need.doubtful("Wkh edqn jlyhv qrwlfh ri hyhub fkdqjh ri lwv ihhv dw ohdvw wkluwb gdbv dkhdg " * 4)
    assert not need.doubtful(" ".join(WORDS) * 8)
    assert not need.doubtful("旅遊保險的每人保費 HK$1,000 " * 50)
    assert not need.doubtful("Annual fee HK$880 Gold Card Nil " * 20)
    assert need.doubtful("龘靐齉爩鱻麤龗灪吁龖" * 8)
    assert not need.doubtful("本行就各項收費的變更會於三十日前通知客戶保险费须于每年首日缴付" * 3)


@pytest.mark.parametrize(("read", "meant"), [
    ("HKS150,000", "HK$150,000"), ("USS$120", "US$120"), ("HKSO", "HK$0"), ("年費HKS880,", "年費HK$880,"),
    ("費用:免(如有)", "費用：免（如有）"), ("The HKSAR, as said:", "The HKSAR, as said:"),
])  # fmt: skip
def test_what_can_be_read_in_one_way_only_is_mended(read: str, meant: str) -> None:
    words = mended(line(read)).words
    assert " ".join("".join(letter.text for letter in word) for word in words) == meant


@given(st.tuples(*[st.floats(40, 160)] * 2), st.integers(0, 3), st.sampled_from([0.0, 2.0, -1.5]), st.floats(0.4, 0.6))
def test_a_place_on_the_upright_page_is_inside_the_page_as_it_lies(
    start: tuple[float, float], turns: int, degrees: float, share: float
) -> None:
    pose = Pose(595, 842, turns, degrees)
    wide, high = pose.upright_size
    left, top, right, bottom = pose.on_page((wide * share - 20, high * share - 5, wide * share + 20, high * share + 5))
    assert 0 <= left < right <= 595
    assert 0 <= top < bottom <= 842
    assert ((right - left) > (bottom - top)) == (turns % 2 == 0)


def test_a_turn_is_undone() -> None:
    pixels = np.full((842, 595), 255, np.uint8)
    pixels[100:110, 50:200] = 0
    for turns in range(4):
        upright_page = upright.turned(Picture(pixels, 72), turns)
        rows, columns = np.nonzero(upright_page.pixels == 0)
        box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert Pose(595, 842, turns).on_page(tuple(map(float, box))) == (50, 100, 200, 110)


@pytest.mark.parametrize("degrees", [-2.0, 0.0, 1.5])
def test_the_slant_of_a_page_is_measured(degrees: float) -> None:
    image = picture(paragraph(60, 120, WORDS * 10)).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    assert upright.slant(Picture(np.asarray(image), DPI)) == pytest.approx(-degrees, abs=0.26)


def test_rules_are_found_and_letters_are_none() -> None:
    found = rulings.strokes(Picture(np.asarray(picture(FEES)), DPI))
    assert len(found) == 7
    assert rulings.strokes(Picture(np.asarray(picture(NOTICE)), DPI)) == ()


def test_progress_comes_through_the_sandbox_and_what_the_caller_raises_stops_it(tesseract_here: Tesseract) -> None:
    class Cancelled(Exception):
        pass

    def cancel(done: int, total: int) -> None:
        assert (done, total) == (0, 1)
        raise Cancelled

    with pytest.raises(Cancelled):
        parse_file(scanned(picture(NOTICE)), "x.pdf", report=cancel)


def test_one_page_that_takes_too_long_stops_the_file_and_its_programs(tesseract_here: Tesseract) -> None:
    with pytest.raises(ParseLimitExceeded, match=r"x\.pdf: reading one of its scanned pages took longer than 0\.01 s"):
        parse_file(scanned(picture(NOTICE)), "x.pdf", ParseLimits(page_seconds=0.01))


@pytest.mark.slow
def test_rapidocr_reads_within_the_memory_of_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_idle", [])
    monkeypatch.setenv("PATH", "/nowhere")
    document = parse_file(scanned(picture(NOTICE)), "x.pdf")
    assert re.sub(r"\s", "", document.text) == "".join(WORDS).replace(" ", "")
