"""Staff at the console, with the demo accounts: what they do there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BANK = "harbour-bank"


@dataclass(frozen=True)
class Staff:
    """One of them, logged in, in the rooms of the sample bank at ``rooms``."""

    page: Page
    rooms: str

    @classmethod
    def logs_in(cls, browser: Browser, url: str, role: str) -> Self:
        """With the account that the login page names."""
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{url}/console/{BANK}")
        page.get_by_label("User name").fill(f"demo-{role}")
        page.get_by_label("Password").fill(f"candour-{role}")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Log out").wait_for()
        return cls(page, f"{url}/console/{BANK}")

    def uploads(self, file: Path, title: str, version: str) -> None:
        """Sends a document in English; returns on the page that follows its progress."""
        page = self.page
        page.goto(f"{self.rooms}/documents/upload")
        page.set_input_files("input[type=file]", str(file))
        page.get_by_label("Title").fill(title)
        page.get_by_label("Language", exact=True).select_option("en")
        page.get_by_label("Version label").fill(version)
        page.get_by_label("Product").fill("cards")
        page.get_by_label("Figures as at").fill("2026-01-01")
        page.get_by_role("button", name="Upload").click()
        page.wait_for_url(f"**/documents/*/{version}")

    def leaves(self) -> None:
        self.page.context.close()
