"""Rules for what may be written: a sentence worth checking, a change that is sound prose and is really false."""

from __future__ import annotations

import re

from eval.planting.sources import Passage, split_sentences

_EN_FACT = re.compile(
    r"\d|\b(?:not|no|never|must|may|cannot|only|unless|if|except|within|at least|at most|before|after|every|each|"
    r"two|three|four|five|six|seven|eight|ten|twelve|should|will|includ\w+)\b"
)
_ZH_FACT = re.compile(
    r"\d|[不未毋無无須须可會会應应除如若只每均已]|沒有|没有|包括|是|至少|最|免|切勿|[一二兩两三四五六七八九十]個?(?:日|"
    r"天|年|月|次)"
)
_EN_BROKEN = re.compile(
    r"\b(\w+) \1\b|\b(?:a|an) (?:are|is)\b|\bnot not\b|\bmay can\b|"
    r"\ban (?:month|week|quarter|year|daily|calendar|business|working|policy)|"
    r"\ba [aeio][a-z]+\b(?<!a "
    r"one)(?<!a once)(?<!a use)|,\s*\.|\(\s*\)| \.|\b(?:not no|no not)\b",
    re.IGNORECASE,
)
_ZH_BROKEN = re.compile(
    r"不不|未未|沒沒|没没|須須|须须|可可|可以以|會會|会会|是是|，，|。。|，。|（）|不並|"
    r"不并|必須須|必须须|不沒|的的|並不沒|要要|必必"
)

# 'A is not the rate' stays true with another figure, so only its negation may be changed.
_DENIED = re.compile(
    r"\b(?:is|are) not (?:an?|the)\b|並非|并非|不是|並不等|并不等|不等[於于同]|[並并]不表示|does not mean"
)


def checkable(sentence: str, language: str) -> bool:
    """Tell whether a sentence states something that evidence can bear out or not."""
    return bool((_EN_FACT if language == "en" else _ZH_FACT).search(sentence))


def is_sound(sentence: str, language: str) -> bool:
    """Tell whether a changed sentence still reads as one."""
    broken = _EN_BROKEN if language == "en" else _ZH_BROKEN
    return len(sentence) > 7 and broken.search(sentence) is None


def _plain(text: str) -> str:
    return re.sub(r"[\s，,。.；;]+", "", text).lower()


def is_false(sentence: str, passage: Passage, kind: str) -> bool:
    """Tell whether the evidence neither says the changed sentence nor leaves it open."""
    if kind in ("number", "date", "unit") and _DENIED.search(passage.sentence):
        return False
    said = {_plain(s) for s in [*split_sentences(passage.evidence, passage.language), passage.sentence]}
    return _plain(sentence) not in said
