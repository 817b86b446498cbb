"""What a citation opens, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from knowledge_bases.schema import Span
from tests.app.chat.conftest import SITE
from tests.fakes.library import FakeLibrary, a_blank_pdf, a_drawn_document, a_text_document, an_info

HERE = "/chat/harbour-bank/source"
FEES, TERMS, GONE = "card-fees/2026-01", "terms/2026-01", "old-terms/2026-01"


@pytest.fixture
def customer(client: TestClient, library: FakeLibrary) -> TestClient:
    library.add("harbour-bank", an_info("card-fees"), a_text_document())
    library.add("harbour-bank", an_info("terms"), a_drawn_document(), a_blank_pdf(pages=2))
    library.add("harbour-bank", an_info("old-terms"), a_text_document(), withdrawn=True)
    library.add("lantern-insurance", an_info("policy"), a_text_document())
    client.get("/chat/harbour-bank/")
    return client


def address(document: str, *spans: Span, parse: str = a_text_document().sha256) -> str:
    offsets = [f"start={span.start}&end={span.end}" for span in spans]
    return f"{HERE}/{document}?" + "&".join([*offsets, f"parse={parse}"])


def span_of(words: str) -> Span:
    start = a_text_document().text.index(words)
    return Span(start, start + len(words))


def test_a_quote_is_marked_where_it_stands_and_escaped(customer: TestClient) -> None:
    page = customer.get(address(FEES, span_of("charged <yearly>"))).text
    assert 'The fee is <mark id="quote">charged &lt;yearly&gt;</mark> &amp; in advance.' in page
    assert "<blockquote>charged &lt;yearly&gt;</blockquote>" in page


def test_a_row_its_header_and_its_footnote_are_all_marked(customer: TestClient) -> None:
    spans = [span_of(words) for words in ("Gold Card | HK$600*", "Card | Annual fee", "* Waived for two years.")]
    page = customer.get(address(FEES, *spans)).text
    assert page.count("<mark") == 5
    assert page.count('id="quote"') == 1


def test_the_page_says_which_version_as_at_when(customer: TestClient) -> None:
    page = customer.get(address(FEES)).text
    assert "Version 2026-01 · as at 1 January 2026" in page
    assert "no longer in force" not in page


def test_a_version_no_longer_in_force_says_so(customer: TestClient, library: FakeLibrary) -> None:
    library.add("harbour-bank", replace(an_info("card-fees"), effective_to=date(2026, 6, 1)), a_text_document())
    assert "no longer in force" in customer.get(address(FEES)).text


def test_a_drawn_page_shows_its_image_with_the_words_marked(customer: TestClient) -> None:
    page = customer.get(address(TERMS, Span(11, 16), parse=a_drawn_document().sha256)).text
    assert f'src="{HERE}/{TERMS}/page/2.png"' in page
    assert '<rect id="quote" x="71.0" y="99" width="52.0" height="14"' in page
    assert "Page 2 of 2" in page


def test_pages_are_turned_with_the_quote_kept(customer: TestClient) -> None:
    page = customer.get(address(TERMS, Span(11, 16), parse=a_drawn_document().sha256)).text
    previous = page.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    turned = customer.get(previous).text
    assert "Page 1 of 2" in turned
    assert "<rect" not in turned
    assert "<blockquote>secon</blockquote>" in turned


def test_an_image_of_a_page_is_a_png_for_the_customer_only(customer: TestClient) -> None:
    response = customer.get(f"{HERE}/{TERMS}/page/1.png")
    assert response.headers["content-type"] == "image/png"
    assert Image.open(BytesIO(response.content)).size == (1190, 1684)
    customer.cookies.clear()
    assert customer.get(f"{HERE}/{TERMS}/page/1.png").status_code == 401


@pytest.mark.parametrize("page", ["0", "3", "-1"])
def test_a_page_the_file_does_not_have_is_not_found(customer: TestClient, page: str) -> None:
    assert customer.get(f"{HERE}/{TERMS}/page/{page}.png").status_code == 404


@pytest.mark.parametrize("path", [FEES, TERMS, f"{TERMS}/page/1.png", "../privacy"])
def test_without_a_token_nothing_is_shown(customer: TestClient, path: str) -> None:
    customer.cookies.clear()
    assert customer.get(f"{HERE}/{path}").status_code == 401


def test_another_institution_s_document_is_not_found(customer: TestClient) -> None:
    assert customer.get(f"{HERE}/policy/2026-01").status_code == 404
    bearer = {"authorization": f"Bearer {customer.cookies['candour-chat-harbour-bank']}"}
    assert customer.get("/chat/lantern-insurance/source/policy/2026-01", headers=bearer).status_code == 404


def test_a_withdrawn_version_is_gone(customer: TestClient) -> None:
    response = customer.get(address(GONE))
    assert response.status_code == 410
    assert "withdrawn" in response.text
    assert "Annual fee" not in response.text
    assert customer.get(f"{HERE}/{GONE}/page/1.png").status_code == 410


@pytest.mark.parametrize(
    "query",
    ["start=5&end=5", "start=9&end=2", "start=1", "start=0&end=99999", f"parse={'0' * 64}"],
)
def test_a_place_that_is_not_in_the_text_is_not_found(customer: TestClient, query: str) -> None:
    assert customer.get(f"{HERE}/{FEES}?{query}").status_code == 404


def test_only_the_institution_s_sites_may_frame_it(customer: TestClient) -> None:
    policy = customer.get(address(FEES)).headers["content-security-policy"]
    assert f"frame-ancestors 'self' {SITE}" in policy


def test_the_privacy_notice_in_force_is_one_click_away(customer: TestClient, library: FakeLibrary) -> None:
    library.add("harbour-bank", an_info("privacy-notice", "2025-07"), a_text_document())
    library.add("harbour-bank", an_info("privacy-notice", "2026-07"), a_text_document(), withdrawn=True)
    response = customer.get("/chat/harbour-bank/privacy")
    assert response.headers["location"] == f"{HERE}/privacy-notice/2025-07"


@pytest.mark.parametrize("asked", ["start=a&end=b", "page=x", "start=1", "&".join(["start=1&end=2"] * 21)])
def test_an_address_with_offsets_that_are_none_is_a_page_and_no_json(customer: TestClient, asked: str) -> None:
    response = customer.get(f"{HERE}/{FEES}?{asked}")
    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
