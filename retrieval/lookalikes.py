"""Chinese characters typed for others that sound or look alike: 貨款 is 貸款 (loan), 利系 is 利息 (interest).

Chinese has no blanks to tell an unknown word by: a character is taken for another only where it is part of no known
word, where no passage has it beside its neighbours, and where the other makes a word that the word lists know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from retrieval.concepts import Mention, Thesaurus
from retrieval.expansion import LONGEST_ENTRY
from retrieval.slips import Slip, Spelt, Terms
from retrieval.tokens import holds_chinese, normalise


class Lookalikes:
    """``typed`` maps a character to those that are typed in its place. Safe to share between threads.

    Those count as they stand and in their simplified form, but not in another traditional one: 系 is typed for 息,
    and 係, which is 系 when simplified, is a word of every other sentence.
    """

    def __init__(self, typed: Mapping[str, str], thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        self._meant: dict[str, list[str]] = defaultdict(list)
        for meant, others in typed.items():
            for other in dict.fromkeys(others + normalise(others)):
                self._meant[other].append(meant)

    def read(self, text: str, terms: Terms) -> Spelt:
        """``text`` with such characters replaced; a text whose normal form has another length stays as it is."""
        normal = normalise(text)
        if len(normal) != len(text) or not holds_chinese(normal):
            return Spelt(text)
        slips: list[Slip] = []
        read = list(text)
        for place in [place for place, character in enumerate(text) if character in self._meant]:
            if found := self._word_meant(normal, place, self._meant[text[place]], terms):
                meant, start, end = found
                normal = normal[:place] + normalise(meant) + normal[place + 1 :]
                written = "".join(read[start:end])
                read[place] = meant
                slips.append(Slip(written, "".join(read[start:end])))
        return Spelt("".join(read), tuple(slips))

    def _word_meant(self, normal: str, place: int, meant: Sequence[str], terms: Terms) -> tuple[str, int, int] | None:
        """The one of ``meant`` that makes the longest word, and where that begins and ends; None where none does."""
        if _known_beside(normal, place, terms) or self._longest(normal, place) is not None:
            return None
        words = []
        for one in meant:
            word = self._longest(normal[:place] + normalise(one) + normal[place + 1 :], place)
            words += [] if word is None else [(one, *word)]
        return max(words, key=lambda word: word[2] - word[1], default=None)

    def _longest(self, normal: str, place: int) -> tuple[int, int] | None:
        """Where the longest known word over a place begins and ends."""
        first = max(0, place - LONGEST_ENTRY + 1)
        window = normal[first : place + LONGEST_ENTRY]
        over = [m for m in self._thesaurus.mentions(window) if _is_over(m, place - first)]
        longest = max(over, key=lambda mention: mention.end - mention.start, default=None)
        return None if longest is None else (first + longest.start, first + longest.end)


def _is_over(mention: Mention, place: int) -> bool:
    return mention.start <= place < mention.end


def _known_beside(normal: str, place: int, terms: Terms) -> bool:
    """Whether a passage has the character beside the one before or after it."""
    return any(terms.holds(normal[max(start, 0) : start + 2]) for start in (place - 1, place))
