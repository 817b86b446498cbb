"""Which written language a customer uses."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from knowledge_bases.schema import Language

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def detect_language(text: str, otherwise: Language = Language.EN) -> Language:
    """The language of ``text``; ``otherwise`` where it holds neither Chinese nor English words (figures, emoji).

    Hong Kong text mixes English product names into Chinese ("gold card 年費幾多"), so a few Chinese characters decide
    for Chinese. Characters that exist in one script only decide between the scripts; without any, the text reads the
    same in both and Traditional is taken, unless ``otherwise`` is Simplified.
    """
    chinese = len(_CJK.findall(text))
    english = len(_LATIN_WORD.findall(text))
    if chinese >= 2 and chinese * 2 >= english:
        return _script(text, otherwise)
    if english:
        return Language.EN
    return _script(text, otherwise) if chinese else otherwise


def _script(text: str, otherwise: Language) -> Language:
    leaning = sum(_leanings().get(character, 0.0) for character in text)
    if leaning == 0:
        return Language.ZH_HANS if otherwise is Language.ZH_HANS else Language.ZH_HANT
    return Language.ZH_HANS if leaning > 0 else Language.ZH_HANT


@cache
def _leanings() -> dict[str, float]:
    """Character -> how far it speaks for Simplified (+) or Traditional (-), from opencc's character tables.

    1 where the character exists in one script only, a little where it is the usual form of one and a rare form of
    the other (万, 后).
    """
    to_simplified, to_traditional = _table("TSCharacters.txt"), _table("STCharacters.txt")
    leanings: dict[str, float] = {}
    for sign, own, other in ((-1.0, to_simplified, to_traditional), (1.0, to_traditional, to_simplified)):
        for character, forms in own.items():
            if forms[0] != character and character not in other:
                leanings[character] = sign * (0.4 if character in forms else 1.0)
    return leanings


def _table(name: str) -> dict[str, list[str]]:
    lines = files("opencc").joinpath("dictionary", name).read_text("utf-8").splitlines()
    return {source: targets.split() for source, _, targets in (line.partition("\t") for line in lines)}
