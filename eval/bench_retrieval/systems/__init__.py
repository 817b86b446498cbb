"""The systems that are compared, one class and one file each."""

from __future__ import annotations

from importlib import import_module

from eval.bench_retrieval.systems.port import System

SYSTEMS = {  # its name on the command line -> where it is; a file is imported where it is measured, as each loads much
    "candour": "eval.bench_retrieval.systems.candour:Candour",
    "langchain": "eval.bench_retrieval.systems.langchain:LangChain",
    "chroma": "eval.bench_retrieval.systems.chroma:Chroma",
    "milvus": "eval.bench_retrieval.systems.milvus:Milvus",
}


def system(name: str) -> System:
    """A new system of that name, with nothing in it.

    Raises:
        KeyError: there is none.
    """
    module, cls = SYSTEMS[name].split(":")
    made: System = getattr(import_module(module), cls)()
    return made
