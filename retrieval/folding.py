"""Traditional and simplified characters brought to one form, code point by code point, so that offsets stay true."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

# Regional variants first (Hong Kong 裏, Taiwan 裡), then traditional to simplified: many-to-one in this direction.
VARIANT_TABLES = ("HKVariantsRev.txt", "TWVariantsRev.txt", "TSCharacters.txt")
TYPED_ALIKE = {"咭": "卡", "帳": "賬", "帐": "账", "揾": "搵", "俾": "畀", "著": "着"}  # one word, typed either way


def fold(text: str) -> str:
    """``text`` with every Chinese character in its simplified form; the length never changes."""
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    steps = [TYPED_ALIKE, *(dict(_pairs(name)) for name in VARIANT_TABLES)]
    characters = {character for step in steps for character in step}
    return {ord(character): _settle(character, steps) for character in characters}


def _pairs(name: str) -> Iterator[tuple[str, str]]:
    """(character, first listed counterpart) of one opencc table; phrases are left out."""
    for line in files("opencc").joinpath("dictionary", name).read_text("utf-8").splitlines():
        source, _, targets = line.partition("\t")
        target = targets.split(" ")[0]
        if len(source) == len(target) == 1:
            yield source, target


def _settle(character: str, steps: list[dict[str, str]]) -> str:
    """Follow the tables until nothing moves, or, where they turn in a circle, to its smallest member."""
    seen: list[str] = []
    while character not in seen:
        seen.append(character)
        for step in steps:
            character = step.get(character, character)
    return min(seen[seen.index(character) :])
