"""A customer at the widget, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from app.assistant.ports import CallBackRequest, ConversationState
from tests.browser.conftest import D47, TTL_S, Served, wait_until
from tests.fakes.assistant import WRITTEN, Writing

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FrameLocator, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FEE = "What is the annual fee of the gold card?"


def open_widget(page: Page, url: str) -> FrameLocator:
    page.goto(url)
    page.get_by_role("button", name="Chat with our AI assistant").click()
    chat = page.frame_locator("iframe")
    chat.get_by_text(D47).wait_for()
    return chat


def ask(chat: FrameLocator, question: str) -> None:
    box = chat.get_by_role("textbox", name="Your question")
    box.fill(question)
    box.press("Enter")


def last_conversation(served: Served) -> str:
    return list(served.assistant.conversations)[-1]


def test_the_first_message_says_what_it_is_and_how_to_reach_a_human(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    first = chat.get_by_role("log").inner_text()
    assert first.startswith("AI")
    for words in (D47, "cannot give advice", "For a human", "+852 2000 0000", "Privacy notice"):
        assert words in first


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_a_choice_is_a_button_and_is_asked_as_if_typed(page: Page, served: Served, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    chat = open_widget(page, served.url)
    ask(chat, "What is the annual fee of a card?")
    choice = chat.get_by_role("button", name="Harbour Gold Card", exact=True)
    choice.wait_for()
    box = choice.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= size[0]
    choice.click()
    chat.locator("blockquote tbody tr").wait_for()
    said = served.assistant.transcript("harbour-bank", last_conversation(served))
    assert [m.text for m in said if m.role == "customer"][-1] == "Harbour Gold Card"


def test_an_answer_quotes_and_its_citation_opens_the_highlighted_page(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    ask(chat, FEE)
    row = chat.locator("blockquote tbody tr")
    row.wait_for()
    assert row.locator("td").all_inner_texts() == ["Gold Card", "HK$600*"]
    chat.get_by_role("link", name=re.compile(r"Credit Card Fees and Charges, page 2")).click()
    source = chat.frame_locator("#source iframe")
    source.get_by_text("Gold Card | HK$600*").wait_for()
    wait_until(lambda: source.locator("img").evaluate("image => image.complete && image.naturalWidth > 0"))
    mark, image = source.locator("#quote").bounding_box(), source.locator("img").bounding_box()
    assert mark is not None
    assert image is not None
    assert image["x"] < mark["x"] < image["x"] + image["width"]
    assert image["y"] < mark["y"] < image["y"] + image["height"]
    assert 0 < mark["y"] < 900, "the highlight is scrolled into view"


def test_an_answer_grows_by_what_is_released_and_ends_with_its_thumbs(page: Page, served: Served) -> None:
    served.assistant.writes = Writing()
    chat = open_widget(page, served.url)
    ask(chat, "Please write about the gold card's fee.")
    chat.get_by_text(WRITTEN[0]).wait_for()
    assert chat.get_by_text("To borrow or not to borrow?").count() == 1
    assert chat.get_by_text(WRITTEN[1]).count() == 0
    served.assistant.writes.go_on.set()
    chat.get_by_text(WRITTEN[1]).wait_for()
    chat.get_by_role("button", name="Helpful", exact=True).last.wait_for()
    assert chat.get_by_text(WRITTEN[0]).count() == chat.get_by_text(WRITTEN[1]).count() == 1
    grown = chat.locator("[data-step-type=assistant_message]").last.inner_text()
    page.reload()
    page.frame_locator("iframe").get_by_text(WRITTEN[1]).wait_for()
    again = page.frame_locator("iframe").locator("[data-step-type=assistant_message]").last.inner_text()
    assert words_of(again) == words_of(grown)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_a_page_opened_in_the_middle_of_an_answer_reads_it_to_its_end(
    page: Page, served: Served, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    served.assistant.writes = Writing()
    chat = open_widget(page, served.url)
    ask(chat, "Please write about the gold card's fee.")
    chat.get_by_text(WRITTEN[0]).wait_for()
    later = page.context.new_page()
    again = open_widget(later, served.url)
    again.get_by_text(WRITTEN[0]).wait_for()
    assert again.get_by_text(WRITTEN[1]).count() == 0
    page.close()
    later.wait_for_timeout(1500)  # longer than a page that is gone is waited for
    assert not served.assistant.writes.left.is_set()
    served.assistant.writes.go_on.set()
    again.get_by_text(WRITTEN[1]).wait_for()
    again.get_by_role("button", name="Helpful", exact=True).wait_for()
    assert again.get_by_text(WRITTEN[0]).count() == again.get_by_text(WRITTEN[1]).count() == 1
    assert again.locator("[data-step-type=user_message]").count() == 1


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_a_growing_answer_can_be_stopped(page: Page, served: Served, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    served.assistant.writes = Writing()
    chat = open_widget(page, served.url)
    ask(chat, "Please write about the gold card's fee.")
    chat.get_by_text(WRITTEN[0]).wait_for()
    stop = chat.get_by_role("button", name="Stop the answer")
    box = stop.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    stop.click()
    chat.get_by_text("You stopped this answer here.").wait_for()
    assert chat.get_by_text(WRITTEN[1]).count() == 0
    ask(chat, FEE)
    chat.locator("blockquote tbody tr").wait_for()


def test_a_page_that_is_closed_lets_the_model_go(page: Page, served: Served) -> None:
    served.assistant.writes = Writing()
    chat = open_widget(page, served.url)
    ask(chat, "Please write about the gold card's fee.")
    chat.get_by_text(WRITTEN[0]).wait_for()
    assert not served.assistant.writes.left.is_set()
    page.goto("about:blank")
    assert served.assistant.writes.left.wait(10)


def words_of(shown: str) -> list[str]:
    return shown.split()


def test_a_suggestion_asks_its_question(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    chat.get_by_role("button", name=FEE).click()
    chat.locator("blockquote").wait_for()
    assert chat.locator("[data-step-type=user_message]").inner_text() == FEE


def test_markdown_and_html_of_the_customer_are_shown_as_typed(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    typed = "<img src=x onerror=alert(1)> **bold** [a](javascript:alert(1))"
    ask(chat, typed)
    chat.locator("blockquote").wait_for()
    assert chat.locator("[data-step-type=user_message]").inner_text() == typed


def test_the_privacy_notice_opens_in_the_panel(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    chat.get_by_role("link", name="Privacy notice").click()
    chat.frame_locator("#source iframe").get_by_role("heading", name="Privacy Notice").wait_for()


@pytest.mark.parametrize(("name", "helpful"), [("Helpful", True), ("Not helpful", False)])
def test_thumbs_are_stored(page: Page, served: Served, name: str, helpful: bool) -> None:
    chat = open_widget(page, served.url)
    ask(chat, FEE)
    chat.get_by_role("button", name=name, exact=True).click()
    chat.get_by_text("Thank you. Marked as").wait_for()
    assert list(served.assistant.ratings.values())[-1] is helpful


def test_a_human_silences_the_assistant_and_takes_a_call_back(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    chat.get_by_role("button", name="Talk to a human").click()
    form = chat.get_by_role("dialog", name="Talk to a human")
    assert "Monday to Friday" in form.inner_text()
    form.get_by_label("Your name").fill("Chan Tai Man")
    form.get_by_label("Your phone number").fill("+852 6000 0000")
    form.get_by_role("button", name="Call me back").click()
    chat.get_by_text(re.compile(r"Your reference is CB-\d{4}\.")).wait_for()
    assert served.assistant.call_backs[-1] == CallBackRequest("Chan Tai Man", "+852 6000 0000", "")
    form.get_by_role("button", name="Close").click()
    assert served.assistant.conversations[last_conversation(served)].state is ConversationState.HUMAN
    ask(chat, FEE)
    chat.get_by_text("Our staff have this chat").wait_for()
    assert chat.locator("blockquote").count() == 0


@pytest.mark.parametrize(
    ("language", "needed", "unreadable"),
    [("zh-Hant", "請填寫此欄。", "請輸入電話號碼"), ("zh-Hans", "请填写此项。", "请输入电话号码")],
)
def test_the_call_back_form_says_what_is_missing_in_the_language_of_the_chat(
    page: Page, served: Served, language: str, needed: str, unreadable: str
) -> None:
    page.goto(f"{served.url}/?language={language}")
    page.locator("button[aria-haspopup=dialog]").click()
    chat = page.frame_locator("iframe")
    chat.get_by_role("log").wait_for()
    chat.locator("#human").click()
    form = chat.locator("#call-back form")
    name, phone = form.locator("[name=name]"), form.locator("[name=phone]")
    form.locator("button").click()
    assert name.evaluate("field => field.validationMessage") == needed
    name.fill("陳大文")
    phone.fill("六一二三")
    form.locator("button").click()
    assert phone.evaluate("field => field.validationMessage").startswith(unreadable)
    phone.fill("+852 6000 0000")
    form.locator("button").click()
    chat.get_by_text("CB-").wait_for()


def test_a_reload_and_a_second_tab_keep_the_conversation(page: Page, context: BrowserContext, served: Served) -> None:
    chat = open_widget(page, served.url)
    ask(chat, FEE)
    chat.locator("blockquote").wait_for()
    before = len(served.assistant.conversations)
    page.reload()  # the widget remembers that it was open
    page.frame_locator("iframe").locator("blockquote").wait_for()
    second = open_widget(context.new_page(), served.url)
    second.locator("blockquote").wait_for()
    assert second.get_by_text(FEE).count() == 1, "said once, and no suggestions any more"
    assert len(served.assistant.conversations) == before


def test_the_language_switch_changes_every_word_and_keeps_the_conversation(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    before = len(served.assistant.conversations)
    chat.get_by_role("link", name="繁體中文").click()
    chat.get_by_role("link", name="私隱聲明").wait_for()
    chat.get_by_role("textbox", name="你的問題").wait_for()
    assert chat.locator("#chat-input").get_attribute("placeholder") == "請輸入問題……"
    assert chat.locator("#human").inner_text() == "真人"
    assert len(served.assistant.conversations) == before


def test_it_answers_in_the_language_of_the_question_whatever_the_page_speaks(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    ask(chat, "金卡年費幾多？")
    chat.get_by_text("來源：").wait_for()
    chat.get_by_role("button", name="有幫助", exact=True).wait_for()


def test_no_text_of_an_error_reaches_the_customer(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    served.assistant.fails = True
    try:
        ask(chat, FEE)
        chat.get_by_text("Sorry, something went wrong on our side").wait_for()
    finally:
        served.assistant.fails = False
    assert "secret" not in chat.locator("body").inner_text()


def test_a_chat_left_open_too_long_says_so_and_starts_again(page: Page, served: Served) -> None:
    chat = open_widget(page, served.url)
    ask(chat, FEE)
    chat.locator("blockquote").wait_for()
    before = len(served.assistant.conversations)
    served.clock.ahead_s += TTL_S
    ask(chat, "And the platinum card?")
    chat.get_by_role("log").get_by_role("link", name="Start again").click()
    chat.get_by_role("button", name=FEE).wait_for()  # the suggestions of a new chat
    assert len(served.assistant.conversations) == before + 1
    ask(chat, FEE)
    chat.locator("blockquote").wait_for()
    assert chat.locator("blockquote").count() == 1, "what was said before is gone with the old token"


def test_a_chat_that_is_only_looked_at_says_when_its_time_is_over(page: Page, served: Served) -> None:
    page.clock.install()
    chat = open_widget(page, served.url)
    page.clock.fast_forward(TTL_S * 1000)
    chat.get_by_role("alert").get_by_text("timed out").wait_for()


def test_it_works_by_keyboard_alone(page: Page, served: Served) -> None:
    page.goto(served.url)
    launcher = page.get_by_role("button", name="Chat with our AI assistant")
    launcher.focus()
    page.keyboard.press("Enter")
    chat = page.frame_locator("iframe")
    chat.get_by_text(D47).wait_for()
    chat.locator("#chat-input:focus").wait_for()
    page.keyboard.type(FEE)
    page.keyboard.press("Enter")
    chat.locator("blockquote").wait_for()
    page.keyboard.press("Escape")
    launcher.wait_for()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.tagName") == "BUTTON"


def test_another_site_that_is_listed_may_embed_it(page: Page, served: Served) -> None:
    chat = open_widget(page, f"{served.other_site}/harbour-bank")
    ask(chat, FEE)
    chat.locator("blockquote").wait_for()
    assert served.assistant.conversations[last_conversation(served)].origin == served.other_site
    chat.get_by_role("link", name=re.compile("Credit Card Fees")).click()
    chat.frame_locator("#source iframe").get_by_text("Gold Card | HK$600*").wait_for()
    page.reload()
    page.frame_locator("iframe").locator("blockquote").wait_for()


def test_another_site_that_is_not_listed_may_not(page: Page, served: Served) -> None:
    before = len(served.assistant.conversations)
    page.goto(f"{served.other_site}/lantern-insurance")
    with page.expect_response(re.compile("/chat/lantern-insurance/")) as refused:
        page.get_by_role("button", name="Chat with our AI assistant").click()
    assert refused.value.status == 403
    page.wait_for_timeout(500)
    assert D47 not in page.frames[-1].content()
    assert len(served.assistant.conversations) == before


@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans"])
def test_on_a_phone_it_fills_the_screen_and_nothing_is_cut(page: Page, served: Served, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{served.url}/?language={language}")
    page.locator("button[aria-haspopup=dialog]").click()
    chat = page.frame_locator("iframe")
    chat.get_by_text(D47).wait_for()
    frame = page.locator("iframe").bounding_box()
    assert frame == {"x": 0, "y": 0, "width": 390, "height": 844}
    for part in ("#human", "#close", "#chat-submit"):
        box = chat.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["height"] >= 44
    assert page.frames[-1].evaluate("document.documentElement.scrollWidth") <= 390
