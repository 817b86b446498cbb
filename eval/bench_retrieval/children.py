"""Each system in a process of its own, with the same settings, and not longer than a peer may take."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from eval.bench_retrieval.figures import Absence, Curves, FaceFigures, curves_of, faces_of
from eval.bench_retrieval.material import Material

OURS = "candour"
MOST_S = 600.0  # that a peer may take to build its index; a last size of which it would need more is left out
ASKING_S = 240.0  # that it may take beside
THREADS = 2
SETTINGS = {
    "OMP_NUM_THREADS": str(THREADS),
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTHONWARNINGS": "ignore",
}


def figures_or_absence(
    name: str, material: Material, before: Sequence[FaceFigures]
) -> tuple[FaceFigures, ...] | Absence:
    """The system's figures, or why there are none; ``before`` are those of smaller sizes, by all systems."""
    size = len(material)
    estimate = estimated_s(name, size, before)
    if name != OURS and estimate > MOST_S:
        why = f"building would take about {estimate / 60:.0f} minutes at the rate of its last size"
        return Absence(name, size, why)
    try:
        value = _child(name, material, None if name == OURS else MOST_S + ASKING_S)
    except subprocess.TimeoutExpired:
        return Absence(name, size, f"was not done after {(MOST_S + ASKING_S) / 60:.0f} minutes")
    except subprocess.CalledProcessError as error:
        return Absence(name, size, f"failed: {(error.stderr or '').strip().splitlines()[-1:]}")
    return faces_of(value)


def curves(material: Material) -> Curves:
    """What the vector indexes find and take.

    Raises:
        subprocess.CalledProcessError: they cannot be measured.
    """
    return curves_of(_child("indexes", material, None))


def estimated_s(name: str, size: int, before: Sequence[FaceFigures]) -> float:
    """How long the system ``name`` would build at ``size`` at the rate of its largest size yet; 0 without one."""
    own = [each for each in before if each.system == name]
    last = max(own, key=lambda each: (each.size, each.build_s), default=None)
    return 0.0 if last is None else last.build_s * size / last.size


def _child(name: str, material: Material, timeout_s: float | None) -> Any:
    out = material.folder / f"{name}.json"
    settings = [f"{variable}={value}" for variable, value in SETTINGS.items()]
    command = [
        "env",
        *settings,
        sys.executable,
        "-m",
        "eval.bench_retrieval.measure",
        name,
        str(material.folder),
        str(out),
    ]
    subprocess.run(  # noqa: S603 -- our own module
        command, check=True, timeout=timeout_s, stderr=subprocess.PIPE, text=True
    )
    return json.loads(out.read_text("utf-8"))
