"""What the checks of ``checks/`` say: one trait each, whatever its words."""

from __future__ import annotations

from guardrails.verification.checks import checks, finding
from guardrails.verification.comparison import Comparison

NEAR = 0.75  # of the sentence stands in the evidence in its order


def traits(comparison: Comparison) -> dict[str, float]:
    """1 for each check that would hold the sentence, with its words; of a near copy once more, where they are surer."""
    found = {name: finding(name, comparison) for name in checks()}
    said = {f"{name}: {why}" if "(" not in why else name: 1.0 for name, why in found.items() if why}
    close = comparison.copied
    near = {f"{name} of a near copy": 1.0 for name, why in found.items() if why and close >= NEAR}
    count = float(sum(why is not None for why in found.values()))
    return (
        said
        | near
        | {"all": count, "copied": close, "a near copy": close >= NEAR, "near copy, none": close >= NEAR and not count}
    )
