"""A model by its name on the hub: from this machine's cache, else fetched, where the process may reach the hub."""

from __future__ import annotations

import re
from pathlib import Path

from retrieval.errors import EmbedderUnavailable

NAME = re.compile(r"([\w.-]+/)?[\w.-]+")
OWN_MODELS = "sentence-transformers/"  # a name without an owner is one of that library's own, as it has it
WANTED = ["*.json", "*.safetensors", "*.txt", "*.model", "onnx/model.onnx*", "openvino/openvino_model.*"]


def folder_of(source: str, setting: str) -> Path:
    """The folder of a model: ``source`` itself, or where the hub's model of that name lies on this machine.

    ``setting`` is what the message of an error says to change.

    Raises:
        EmbedderUnavailable: there is no such folder, and the hub's model is not here and cannot be fetched.
    """
    path = Path(source).expanduser()
    if path.is_dir():
        return path
    if not NAME.fullmatch(source):
        raise EmbedderUnavailable(f"there is no folder {source}: set {setting} to one that holds a model")
    try:
        return _fetched(source if "/" in source else OWN_MODELS + source)
    except Exception as error:  # the hub's client has dozens of errors, some of them of the libraries below it
        raise EmbedderUnavailable(
            f"{setting}={source} is no folder here, and no model of that name could be had from the hub "
            f"({type(error).__name__}): give a folder, or set HF_HUB_OFFLINE=0 where the hub can be reached"
        ) from error


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=WANTED, local_files_only=True))
    except LocalEntryNotFoundError:
        return Path(snapshot_download(name, allow_patterns=WANTED))
