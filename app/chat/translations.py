"""The interface texts of Chainlit's page: its own in the nearest language, with the ones customers see in our words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

OURS = Path(__file__).parent / "page_texts"
NEAREST = {"en": "en-US", "zh-Hant": "zh-TW", "zh-Hans": "zh-CN"}  # our language -> the file Chainlit ships


def write_translations(folder: Path) -> None:
    """Writes a complete file for each of our languages into Chainlit's ``folder`` of translations."""
    for language, nearest in NEAREST.items():
        shipped = json.loads((folder / f"{nearest}.json").read_text(encoding="utf-8"))
        ours = json.loads((OURS / f"{language}.json").read_text(encoding="utf-8"))
        merged = json.dumps(merge(shipped, ours), ensure_ascii=False)
        (folder / f"{language}.json").write_text(merged, encoding="utf-8")


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """``below`` with every leaf that ``above`` has taken from there."""
    merged = dict(below)
    for key, value in above.items():
        merged[key] = merge(below.get(key, {}), value) if isinstance(value, dict) else value
    return merged
