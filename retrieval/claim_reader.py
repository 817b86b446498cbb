"""Reads a sentence beside the words it cites: the packaged encoder, changed, and one score for the two.

What changed is data: a file like the span reader's (``retrieval.span_reader``), learned by ``eval/train_meaning.py``.
It runs without torch.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock

from retrieval.errors import ClaimReaderUnavailable
from retrieval.lexicon_files import shipped_thesaurus
from retrieval.models import ModelFolder
from retrieval.pair_text import CITED, Pair, PairText
from retrieval.tokens import terms

REMEMBERED = 2_000  # sentences: an answer's first ones are looked at again with each that follows
_PART = re.compile(r"(?<=[。！？；!?;\n])|(?<=\.)(?= )")


class ClaimReader:
    """The reader in ``file`` over the weights of ``model``; loaded with the first sentence. Safe to share."""

    def __init__(self, model: ModelFolder, file: Path) -> None:
        self._model = model
        self._file = file
        self._loading = Lock()
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._read)

    def doubt(self, sentence: str, evidence: str) -> float:
        """How much speaks for ``sentence`` saying what ``evidence`` does not: the logarithm of the odds.

        Of evidence that is longer than is read, the parts that share most words with the sentence are.

        Raises:
            ClaimReaderUnavailable: the model's files cannot be read.
        """
        return self._remembered(sentence, evidence)

    def warm_up(self) -> None:
        """Load what it needs; what is wrong with it shows with a sentence."""
        with suppress(ClaimReaderUnavailable), self._loading:
            _ = self._loaded

    def _read(self, sentence: str, evidence: str) -> float:
        with self._loading:
            text, run = self._loaded
        return run(pair_of(text, sentence, evidence))

    @cached_property
    def _loaded(self) -> tuple[PairText, Callable[[Pair], float]]:
        try:
            return _load(self._model, self._file)
        except Exception as error:  # each of the libraries has errors of its own
            raise ClaimReaderUnavailable(
                f"no sentence can be read beside its words by {self._file}: {error}"
            ) from error


def pair_of(text: PairText, sentence: str, evidence: str) -> Pair:
    """A sentence and its evidence as they are read."""
    return text.beside(sentence, nearest(sentence, evidence, text.length))


def nearest(sentence: str, evidence: str, length: Callable[[str], int]) -> str:
    """``evidence``, or of one of more than ``CITED`` tokens the parts that share most terms with the sentence.

    They stay in their order; a part is a sentence or a row. At least one is kept.
    """
    if length(evidence) <= CITED:
        return evidence
    said = set(terms(sentence))
    parts = [part for part in _PART.split(evidence) if part.strip()]
    best = sorted(range(len(parts)), key=lambda number: (-len(said.intersection(terms(parts[number]))), number))
    kept, room = best[:1], CITED - length(parts[best[0]])
    for number in best[1:]:
        if (tokens := length(parts[number])) <= room:
            kept, room = [*kept, number], room - tokens
    return "".join(parts[number] for number in sorted(kept))


def _load(model: ModelFolder, file: Path) -> tuple[PairText, Callable[[Pair], float]]:
    from retrieval.bert.reader import ReaderFile  # loads ONNX Runtime: half a second

    kept = ReaderFile(model.path, file)
    text = PairText(kept.tokenizer(), shipped_thesaurus())
    run = kept.runner(lambda sentence: _tokens(text.alone(sentence)), threads=1)
    return text, lambda pair: float(run(_tokens(pair))[0])


def _tokens(pair: Pair) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return pair.ids, pair.marks
