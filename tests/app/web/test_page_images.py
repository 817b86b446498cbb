from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.web.page_images import MAX_SIDE_PIXELS, PageImages, PageNotDrawn, draw_page


def a_pdf(width: int = 595, height: int = 842) -> bytes:
    target = BytesIO()
    Image.new("RGB", (width, height), "white").save(target, format="PDF", resolution=72)
    return target.getvalue()


def never() -> bytes:
    raise AssertionError("the file was read although the image is there")


def test_an_image_is_drawn_once(tmp_path: Path) -> None:
    first = PageImages(tmp_path).png("ab" * 32, 1, a_pdf)
    assert PageImages(tmp_path).png("ab" * 32, 1, never) == first


def test_a_poster_is_drawn_smaller(tmp_path: Path) -> None:
    image = Image.open(BytesIO(draw_page(a_pdf(3000, 6000), 1)))
    assert max(image.size) <= MAX_SIDE_PIXELS


@pytest.mark.parametrize("page", [0, 2, -1])
def test_a_page_that_is_not_there_is_not_drawn(page: int) -> None:
    with pytest.raises(PageNotDrawn, match=str(page)):
        draw_page(a_pdf(), page)


def test_a_broken_file_is_not_drawn_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(PageNotDrawn):
        PageImages(tmp_path).png("cd" * 32, 1, lambda: b"%PDF-1.7 broken")
    assert list(tmp_path.rglob("*.png")) == []
