"""Makes the paper of a scan white: grey sheets, shadows and yellowed paper, before anything asks what is dark."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingestion.ocr.types import Picture

BLOCK = 0.25  # inches; taller than a line of type, so that each block shows some paper
LEVEL = 75  # of the percentiles of a block: more than half of it is paper
WHITE = 245  # paper as bright as that is left as it is
PICTURE = 0.7  # of the page's usual level: what is darker is no paper but a filled band or a photograph


def whitened(picture: Picture) -> Picture:
    """The picture with its paper made white; the same where the paper is white already."""
    levels = _levels(picture)
    if np.percentile(levels, 10) >= WHITE:
        return picture
    height, width = picture.pixels.shape
    paper = np.asarray(Image.fromarray(levels).resize((width, height), Image.Resampling.BICUBIC))
    evened = np.clip(picture.pixels * (255.0 / np.maximum(paper, 1.0)), 0, 255).astype(np.uint8)
    return Picture(evened, picture.dpi)


def _levels(picture: Picture) -> NDArray[np.float32]:
    """How bright the paper is, block by block."""
    side = max(1, round(BLOCK * picture.dpi))
    rows, columns = (max(1, size // side) for size in picture.pixels.shape)
    parts = [np.array_split(band, columns, axis=1) for band in np.array_split(picture.pixels, rows)]
    levels = np.array([[np.percentile(part, LEVEL) for part in band] for band in parts], dtype=np.float32)
    usual = float(np.median(levels))
    levels[levels < PICTURE * usual] = usual
    return levels
