"""The public pages: widget, demo, headers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.samples import sample_folders
from app.web.demo import DemoContent
from app.web.languages import choose_language
from app.web.mount import mount_web
from app.web.widget import colours_of
from knowledge_bases.schema import Brand, Language
from tests.fakes.assistant import an_institution

SAMPLES = tuple(folder.institution.id for folder in sample_folders())


@pytest.fixture
def client() -> Iterator[TestClient]:
    served = FastAPI()
    mount_web(served, lambda institution_id: an_institution(institution_id))
    with TestClient(served) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/widget.js", "/nothing-here", "/static/web/demo.css"])
def test_every_response_is_guarded(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]


def test_a_route_may_set_a_policy_of_its_own() -> None:
    served = FastAPI()
    mount_web(served, an_institution)

    @served.get("/own")
    def own() -> object:
        from fastapi.responses import PlainTextResponse

        return PlainTextResponse("", headers={"Content-Security-Policy": "default-src 'none'"})

    assert TestClient(served).get("/own").headers["content-security-policy"] == "default-src 'none'"


@pytest.mark.parametrize("institution", SAMPLES)
@pytest.mark.parametrize("language", Language)
def test_each_sample_has_a_page_in_each_language(client: TestClient, institution: str, language: Language) -> None:
    page = client.get(f"/demo/{institution}?language={language.value}").text
    assert f'<html lang="{language.value}">' in page
    assert f'<script src="/widget.js" data-institution="{institution}" data-language="{language.value}" async>' in page
    assert DemoContent.load().pages[institution].title.in_language(language) in page


def test_the_home_page_is_the_bank_s_and_can_be_another_s(client: TestClient) -> None:
    assert 'data-institution="harbour-bank"' in client.get("/").text
    assert 'data-institution="peak-mpf"' in client.get("/?institution=peak-mpf").text


def test_an_institution_without_a_demo_page_has_none(client: TestClient) -> None:
    assert client.get("/demo/somebody-else").status_code == 404


def test_the_demo_page_says_that_it_is_fictional_and_runs_no_inline_script(client: TestClient) -> None:
    page = client.get("/").text
    assert "A fictional institution." in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")


def test_the_widget_is_small_and_names_no_host(client: TestClient) -> None:
    script = client.get("/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(script.content) < 8_000
    assert "://" not in script.text.replace('src="https://HOST/', "")


def test_the_launcher_wears_the_institution_s_colours(client: TestClient) -> None:
    response = client.get("/widget/harbour-bank.css")
    assert response.headers["content-type"].startswith("text/css")
    assert "--accent: #0b5d66;" in response.text


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"institution\.yaml"):
        colours_of(Brand("#0b5d66", "red; } body { display: none"))


@pytest.mark.parametrize(
    ("asked", "browser", "chosen"),
    [
        ("zh-Hans", "en", Language.ZH_HANS),
        (None, "zh-HK,zh;q=0.9,en;q=0.8", Language.ZH_HANT),
        (None, "zh-TW", Language.ZH_HANT),
        (None, "zh-CN", Language.ZH_HANS),
        (None, "fr-FR,en-GB;q=0.7", Language.EN),
        ("tlh", "", Language.EN),
    ],
)
def test_the_language_asked_for_wins_then_the_browser_s(asked: str | None, browser: str, chosen: Language) -> None:
    assert choose_language(asked, browser, tuple(Language)) is chosen


def test_a_language_the_institution_does_not_offer_is_not_spoken() -> None:
    only_chinese = replace(an_institution(), languages=(Language.ZH_HANT,))
    assert choose_language("en", "en", only_chinese.languages) is Language.ZH_HANT
