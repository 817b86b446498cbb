"""A customer at the widget: what they do and what they see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Locator, Page

D47 = "You are chatting with an AI assistant, not a human."
REPLIES = "[data-step-type=assistant_message]"
SAID = "[data-step-type=user_message]"


@dataclass(frozen=True)
class Customer:
    """Somebody with the chat open on ``page``."""

    page: Page

    @classmethod
    def opens(cls, page: Page, url: str) -> Self:
        """Goes to ``url`` and presses the launcher there."""
        page.goto(url)
        page.get_by_role("button", name="Chat with our AI assistant").click()
        customer = cls(page)
        customer.chat.get_by_text(D47).wait_for()
        return customer

    @property
    def chat(self) -> FrameLocator:
        """The widget's frame."""
        return self.page.frame_locator("iframe")

    def says(self, words: str) -> None:
        """Types a message and sends it; returns once it stands in the conversation."""
        before = self.chat.locator(SAID).count()
        box = self.chat.get_by_role("textbox", name="Your question")
        box.fill(words)
        self.chat.locator("#chat-submit:enabled").wait_for()  # not while an earlier message is on its way
        box.press("Enter")
        self._more_than(before, SAID)

    def asks(self, question: str) -> Locator:
        """Says it, and returns the reply to it."""
        before = self.chat.locator(REPLIES).count()
        self.says(question)
        self._more_than(before, REPLIES)
        return self.chat.locator(REPLIES).last

    def follows(self, link: Locator) -> FrameLocator:
        """Opens a citation; returns the page in the panel, its picture drawn."""
        link.click()
        source = self.chat.frame_locator("#source iframe")
        source.locator("#quote").first.wait_for(state="attached")
        return source

    def closes_source(self) -> None:
        self.chat.locator("#source [data-close]").click()

    def leaves_number(self, name: str, phone: str) -> None:
        """Fills in the call-back form; returns once it was taken."""
        form = self.chat.get_by_role("dialog", name="Talk to a human")
        form.get_by_label("Your name").fill(name)
        form.get_by_label("Your phone number").fill(phone)
        form.get_by_role("button", name="Call me back").click()
        self.chat.get_by_text(re.compile("Your reference is ")).wait_for()
        form.get_by_role("button", name="Close").click()

    def posts(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the server answers to JSON sent from within the chat's frame, with its cookie."""
        frame = next(frame for frame in self.page.frames if "/chat/" in frame.url)
        script = """async ([path, body]) => (await fetch(path, {
            method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
        })).json()"""
        answer: dict[str, Any] = frame.evaluate(script, [path, body])
        return answer

    def everything_shown(self) -> str:
        """The conversation after a reload: as it is stored, decrypted."""
        said = self.chat.locator(SAID).count()
        self.page.reload()
        self._more_than(said - 1, SAID)
        return self.chat.locator("#root").inner_text()

    def _more_than(self, count: int, selector: str) -> None:
        self.chat.locator(selector).nth(count).wait_for()
