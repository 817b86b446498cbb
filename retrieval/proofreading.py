"""A question as it is searched: typing errors read as what was meant, in English words and in Chinese characters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from retrieval.errors import EmbedderUnavailable
from retrieval.lexicon_files import shipped_slips, shipped_thesaurus
from retrieval.lookalikes import Lookalikes
from retrieval.misspelled import Misspelled, words_of
from retrieval.models import packaged_model
from retrieval.slips import Spelt, Terms

VOCABULARY = "vocab.txt"  # of the packaged model: the words of English that its tokeniser keeps whole


@dataclass(frozen=True)
class Proofreader:
    """Reads questions before they are searched; safe to share between threads."""

    words: Misspelled
    characters: Lookalikes

    def read(self, text: str, terms: Terms) -> Spelt:
        """``text`` as it was meant, over documents that have ``terms``, and what was read otherwise than typed."""
        words = self.words.read(text, terms)
        both = self.characters.read(words.text, terms)
        return Spelt(both.text, (*words.slips, *both.slips))


@cache
def shipped_proofreader() -> Proofreader:
    """The one of this package. Without the packaged model no English word is known to be none, and all are kept.

    Raises:
        LexiconInvalid: a word list breaks its form.
    """
    thesaurus, slips = shipped_thesaurus(), shipped_slips()
    trade = words_of(form for concept in thesaurus.concepts for form in concept.forms)
    return Proofreader(Misspelled(_ordinary(), trade, slips.english), Lookalikes(slips.chinese, thesaurus))


def _ordinary() -> tuple[str, ...]:
    try:
        lines = (packaged_model().path / VOCABULARY).read_text("utf-8").splitlines()
    except (EmbedderUnavailable, OSError):
        return ()
    return tuple(word for word in lines if word.isascii() and word.isalpha())
