"""What the figures were taken on and with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = (
    "faiss-cpu", "numpy", "scipy", "onnxruntime", "torch", "sentence-transformers", "langchain", "langchain-community",
    "langchain-classic", "rank-bm25", "chromadb", "pymilvus", "milvus-lite",
)  # fmt: skip


def machine() -> dict[str, str]:
    """Processor, cores, memory and system; Linux only."""
    memory_kib = int(_field("/proc/meminfo", "MemTotal").split()[0])
    return {
        "processor": _field("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory_kib / 2**20:.0f} GiB",
        "system": f"{platform.system()}, Python {platform.python_version()}",
    }


def versions() -> dict[str, str]:
    """The version of every package that a figure depends on."""
    return {name: version(name) for name in PACKAGES}


def _field(path: str, name: str) -> str:
    lines = (line.partition(":") for line in Path(path).read_text().splitlines())
    return next((value.strip() for key, _, value in lines if key.strip() == name), "")
