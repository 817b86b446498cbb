"""What the report says of how it was measured, on what, and with what."""

from __future__ import annotations

from eval.bench_retrieval.children import ASKING_S, MOST_S, THREADS
from eval.bench_retrieval.figures import Run
from eval.bench_retrieval.markdown import table
from eval.bench_retrieval.material import TIMED, TOGETHER, WARMING, K
from eval.bench_retrieval.measure import FEWEST, LONGEST_S
from eval.bench_retrieval.texts import QUESTIONS_OF, SEED
from eval.blends import NOISE
from eval.blends import SEED as BLEND_SEED


def method(run: Run) -> list[str]:
    """How every figure came about."""
    asked = min((each.times.count for each in run.faces), default=0)
    return [
        "## How it was measured",
        "",
        f"- Every system in a process of its own, {THREADS} threads, the same texts, the same vectors of them, and the "
        f"same model for questions (MiniLM, single precision). {K} passages wanted.",
        f"- Real questions of {', '.join(QUESTIONS_OF)}, in turn, all different: {WARMING} to warm up, {TIMED} one "
        f"after the other, {TOGETHER} by two clients at once. A slow system is asked for {LONGEST_S:.0f} s, and at "
        f"least {FEWEST} questions (the fewest here: {asked}).",
        "- Ours is `Retriever.search`: words, concepts and meaning fused, then the learned reranker. A Chinese "
        "question is embedded as its English gloss. Its question embedder is ONNX Runtime; the peers' is "
        "sentence-transformers, their usual path, and the embedding is shown apart.",
        "- LangChain: `FAISS` and `BM25Retriever` in an `EnsembleRetriever` of equal weights, and FAISS alone. BM25 "
        "parts words at blanks there, so that Chinese is hardly searched by words. Chroma has no ranking by words in "
        "process: by vectors alone. milvus-lite: HNSW and its own BM25 function, ranks fused.",
        "- *Built* starts with texts and vectors at hand. Ours: terms and concepts found, segments written and "
        "synced, the snapshot opened, the graph where there is one (until it is built, answers come from comparing "
        "every row). Peers: until the first question can be asked.",
        "- *Memory* is what the process grew by, mapped files left out; texts and vectors that a system holds are in "
        "it. LangChain's BM25 is not stored: its disk is that of FAISS with the texts.",
        f"- A peer that would take more than {MOST_S / 60:.0f} minutes to build at the rate of its last size, or that "
        f"takes {(MOST_S + ASKING_S) / 60:.0f} with its questions, is stopped. Ours is not.",
        "- *Recall* is held against comparing every row, by the vectors of the questions as they stand.",
        "",
    ]


def corpus(run: Run) -> list[str]:
    """What was searched, and how much of it was made."""
    told = ["## What is searched", "", f"{run.real:,} real texts, none twice, in this order:", ""]
    origins = ((each.name, f"{each.texts:,}", f"{each.characters:.0f}") for each in run.origins)
    told += table(("origin", "texts", "mean characters"), origins)
    made = [f"{size:,}" for size in run.sizes if size > run.real]
    if made:
        told += [
            "",
            f"At {', '.join(made)} chunks the rest is **made**: a vector between those of two real texts, up to half "
            f"of the way, with noise of length {NOISE}; its text is the beginning of one and the end of the "
            "other, in the same shares.",
        ]
    return [*told, "", f"Seeds: {SEED} (order of texts, questions), {BLEND_SEED} (made rows).", ""]


def setting(run: Run) -> list[str]:
    """The machine, the versions, the command."""
    loads = sorted({each.load for each in run.faces})
    span = f"{loads[0]:.1f} to {loads[-1]:.1f}" if loads else "nothing measured"
    return [
        "## Machine and versions",
        "",
        *(f"- {name}: {value}" for name, value in run.machine.items()),
        f"- load of the machine before each build: {span}",
        f"- {', '.join(f'{name} {version}' for name, version in run.versions.items())}",
        f"- minutes by size: {', '.join(f'{int(size):,}: {minutes:.1f}' for size, minutes in run.minutes.items())}",
        "",
        "```",
        *run.commands,
        "```",
    ]
