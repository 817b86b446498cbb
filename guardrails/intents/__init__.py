"""What a question calls for by its meaning, whatever its words: ids of rules, as a learned model reads them.

It stands beside the words of the rulebook and of ``guardrails/conduct``: it adds to what they find, and where it is
sure that a question calls for no such thing, words stand back. The model is run by whoever composes the program;
``weights.safetensors`` is what ``eval/train_intents.py`` learned for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from guardrails.courtesies import beside_courtesies

WEIGHTS = Path(__file__).with_name("weights.safetensors")
# Labels of a message that means to steer the assistant (P24): read as likely, and beyond doubt.
STEERS, STEERS_SURELY = "P24", "P24 surely"


def against(rule_id: str) -> str:
    """The label of a text that surely does not call for ``rule_id``, whatever its words; not every rule has one."""
    return f"not {rule_id}"


class IntentReader(Protocol):
    """Reads what a text calls for."""

    def labels(self, text: str) -> frozenset[str]:
        """Ids of disclosure and conduct rules (D01, P01), STEERS_SURELY, and labels ``against`` a rule.

        None of an empty text.

        Raises where it can't tell.
        """
        ...


class NoIntents:
    """Reads nothing into a text: words alone decide."""

    def labels(self, text: str) -> frozenset[str]:
        """Nothing."""
        return frozenset()


NO_INTENTS = NoIntents()


@dataclass(frozen=True)
class Plainly:
    """Reads by ``reader`` what stands beside greetings and thanks.

    Few of the lines that it learned from are polite, and those mostly wishes: it took every second Chinese question
    that opened with 你好 for a wish for advice.
    """

    reader: IntentReader

    def labels(self, text: str) -> frozenset[str]:
        """See ``IntentReader``."""
        return self.reader.labels(beside_courtesies(text))
