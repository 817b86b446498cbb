"""The chat's own words in three languages (texts.yaml)."""

from __future__ import annotations

from pathlib import Path

from app.web.texts import Texts

CHAT_TEXTS = Texts.load(Path(__file__).parent / "texts.yaml")
