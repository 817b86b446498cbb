from __future__ import annotations

import pytest

from app.answering.language import detect_language
from knowledge_bases.schema import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the annual fee?", Language.EN),
        ("金卡年費幾多？", Language.ZH_HANT),
        ("存一百五十萬定期，係咪全部有保障？", Language.ZH_HANT),
        ("金卡年费是多少？", Language.ZH_HANS),
        ("存一百五十万定期，是不是全部有保障？", Language.ZH_HANS),
        ("gold card 年費幾多", Language.ZH_HANT),
        ("冷静期有几日？", Language.ZH_HANS),
        ("MPF 點樣攞返？", Language.ZH_HANT),
    ],
)
def test_the_language_is_told_from_the_words(text: str, language: Language) -> None:
    assert detect_language(text) is language


@pytest.mark.parametrize("language", list(Language))
def test_without_words_the_language_of_the_conversation_stays(language: Language) -> None:
    assert detect_language("12345 ?", otherwise=language) is language


def test_text_that_reads_the_same_in_both_scripts_is_traditional_unless_the_conversation_is_simplified() -> None:
    assert detect_language("存款利息") is Language.ZH_HANT
    assert detect_language("存款利息", otherwise=Language.ZH_HANS) is Language.ZH_HANS
