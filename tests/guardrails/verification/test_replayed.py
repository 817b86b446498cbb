"""What is judged of a sentence is judged of it again, in another process too: a replay says what differs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DOUBTS = """
import json
from pathlib import Path
from guardrails.verification.comparison import Comparison
from guardrails.verification.reading import Reading
from guardrails.verification.traits import traits_of
from guardrails.verification.weighing import scale
told = [json.loads(line) for line in Path({path!r}).read_text(encoding="utf-8").splitlines()]
evidence = Reading(" ".join(one["evidence"] for one in told))
for one in told:
    print(scale().doubt(traits_of(Comparison(Reading(one["true"]), evidence))))
"""
TOLD = Path(__file__).with_name("opposites.jsonl")


def test_the_order_in_which_a_process_keeps_words_changes_no_doubt() -> None:
    doubts = {_doubts(seed) for seed in ("1", "2")}
    assert len(doubts) == 1
    assert doubts != {""}


def _doubts(seed: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", DOUBTS.format(path=str(TOLD))],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout
