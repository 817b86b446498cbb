"""Words of the interface: complete in three languages, and none of Chainlit's own English left where customers look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import app.chat
from app.chat.chainlit_home import config
from app.chat.translations import NEAREST, OURS, merge
from knowledge_bases.schema import Language

TEXTS: dict[str, dict[str, str]] = yaml.safe_load((Path(app.chat.__file__).parent / "texts.yaml").read_text("utf-8"))


def leaves(tree: dict[str, object], path: str = "") -> set[str]:
    return {
        leaf
        for key, value in tree.items()
        for leaf in (leaves(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}"})
    }


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_is_there_in_each_language_with_the_same_slots(key: str) -> None:
    wording = TEXTS[key]
    assert set(wording) == {language.value for language in Language}
    slots = {language: sorted(part.split("}")[0] for part in text.split("{")[1:]) for language, text in wording.items()}
    assert len({tuple(names) for names in slots.values()}) == 1


def test_the_page_s_own_texts_are_the_same_set_in_each_language() -> None:
    ours = {language: leaves(json.loads((OURS / f"{language}.json").read_text("utf-8"))) for language in NEAREST}
    assert len({frozenset(keys) for keys in ours.values()}) == 1


@pytest.mark.parametrize("language", Language)
def test_chainlit_finds_a_complete_file_for_each_language(language: Language) -> None:
    english = config.load_translation("en-US")
    assert leaves(english) <= leaves(config.load_translation(language.value))


def test_merging_takes_what_is_above_and_keeps_the_rest() -> None:
    assert merge({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 9}, "e": 4}) == {"a": {"b": 9, "c": 2}, "d": 3, "e": 4}
