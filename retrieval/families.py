"""What known families of embedding models expect before a text, and which languages they read; by the model's name.

Only for what a model's own files do not say. Facts from the families' published model cards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_bases.schema import Language

ENGLISH = frozenset({Language.EN})
CHINESE = frozenset({Language.ZH_HANT, Language.ZH_HANS})
BOTH = ENGLISH | CHINESE
BGE_ENGLISH = "Represent this sentence for searching relevant passages: "
BGE_CHINESE = "为这个句子生成表示以用于检索相关文章："


@dataclass(frozen=True)
class Family:
    """Models whose name fits ``pattern`` put ``query`` before a question and ``passage`` before a document's words."""

    pattern: str
    query: str = ""
    passage: str = ""
    reads: frozenset[Language] = ENGLISH


FAMILIES = (  # the first that fits
    Family(r"multilingual-e5-\w+-instruct", "Instruct: Retrieve passages that answer the query\nQuery: ", "", BOTH),
    Family(r"multilingual-e5", "query: ", "passage: ", BOTH),
    Family(r"(^|[-_])e5[-_]", "query: ", "passage: "),
    Family(r"bge-m3|multilingual|labse|qwen3-embedding", reads=BOTH),
    Family(r"bge-\w+-zh", BGE_CHINESE, "", CHINESE),
    Family(r"bge-\w+-en|mxbai-embed", BGE_ENGLISH),
)
UNKNOWN = Family("")


def family_of(name: str) -> Family:
    """The family a model's name puts it in; an unknown one reads English and takes texts as they are."""
    return next((family for family in FAMILIES if re.search(family.pattern, name.lower())), UNKNOWN)
