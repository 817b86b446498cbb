"""Which channels of an encoder run hot: measured on a few sentences, the same for every machine.

They belong to the model more than to its texts: the hottest come up on its markers and full stops, in any text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from onnxruntime import InferenceSession

from retrieval.bert.eight_bit import Channels
from retrieval.bert.graph import BertGraph

SHARE = 0.02  # of a layer's channels
SENTENCES = (
    "The annual fee of the card is HK$1,800; it is waived in the first year (see note 3).",
    "Fees and charges | Savings account | Below HK$5,000 | HK$60 per month",
    "Chapter 4. Exclusions: we pay nothing for loss caused by war, wear and tear, or an act of yours.",
    "How do I report a lost card? Call us at any hour; you owe nothing for what is spent after your call.",
    "Members may transfer accrued benefits once in every calendar year under section 148A of the Regulation.",
    "年費為港幣1,800元，首年豁免。",
)


def hot_channels(graph: BertGraph, texts: Sequence[Mapping[str, Sequence[int]]]) -> Mapping[str, Channels]:
    """The channels with the highest values, sorted, by the name of the dense layer that reads them.

    ``texts`` are the graph's inputs by name, for ``SENTENCES`` or the like. What attention hands on has no hot channels
    and is left out.
    """
    layers = [
        f"encoder.layer.{layer}.{part}"
        for layer in range(graph.shape.layers)
        for part in ("attention.self", "intermediate.dense", "output.dense")
    ]
    session = InferenceSession(graph.serialised(shown=layers), providers=["CPUExecutionProvider"])
    fed = [{name: np.array([values], np.int32) for name, values in text.items()} for text in texts]
    runs = [session.run([graph.fed[name] for name in layers], inputs) for inputs in fed]
    highest = (np.max([np.abs(values[0]).max(axis=0) for values in one], axis=0) for one in zip(*runs, strict=True))
    return {name: _hottest(values) for name, values in zip(layers, highest, strict=True)}


def _hottest(values: np.ndarray) -> Channels:
    return np.sort(np.argsort(-values, kind="stable")[: round(SHARE * len(values))])
