"""RapidOCR: PP-OCR's models on ONNX Runtime, carried by the package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import groupby
from typing import Protocol

import numpy as np

from ingestion.ocr.types import Box, Letter, Line, Picture, Pixels, RecognitionFailed, Script

THREADS = 1  # two children may read at once on two cores
DESCENT = 0.22  # of a box's height lies below the baseline
TYPE = 0.8  # of a box's height is the type's size: the boxes are drawn generously

Corners = Sequence[Sequence[float]]
Found = tuple[Corners, str, float, Sequence[Corners], Sequence[str], Sequence[float]]


class _Model(Protocol):
    def __call__(self, picture: Pixels, *, return_word_box: bool) -> tuple[Sequence[Found] | None, object]: ...


class Rapid:
    """One set of models, loaded at the first picture (0.3 s). One set of models reads every script."""

    @property
    def name(self) -> str:
        """See ``Engine``."""
        return "rapidocr"

    def read(self, picture: Picture, script: Script) -> tuple[Line, ...]:
        """See ``Engine``."""
        coloured = np.ascontiguousarray(np.repeat(picture.pixels[:, :, None], 3, axis=2))
        try:
            found, _ = self._model(coloured, return_word_box=True)
        except MemoryError:
            raise
        except Exception as error:  # whatever its libraries raise on an odd picture
            raise RecognitionFailed("its picture could not be read") from error
        return tuple(_line(corners, texts, places, sure) for corners, _, _, places, texts, sure in found or ())

    @cached_property
    def _model(self) -> _Model:
        from rapidocr_onnxruntime import RapidOCR

        model: _Model = RapidOCR(intra_op_num_threads=THREADS, inter_op_num_threads=1)
        return model


@cache
def installed() -> Rapid | None:
    """RapidOCR; None where its package is missing."""
    return Rapid() if find_spec("rapidocr_onnxruntime") else None


def _line(corners: Corners, texts: Sequence[str], places: Sequence[Corners], sure: Sequence[float]) -> Line:
    box = _box(corners)
    height = box[3] - box[1]
    letters = (Letter(text, _box(place), float(score)) for text, place, score in zip(texts, places, sure, strict=False))
    return Line(tuple(_words(letters)), box, box[3] - DESCENT * height, TYPE * height)


def _words(letters: Iterator[Letter]) -> Iterator[tuple[Letter, ...]]:
    for blank, word in groupby(letters, lambda letter: not letter.text.strip()):
        if not blank:
            yield tuple(word)


def _box(corners: Corners) -> Box:
    xs, ys = [float(x) for x, _ in corners], [float(y) for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
