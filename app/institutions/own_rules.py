"""The rule files that institutions add: read from the folder an institution is added from, kept in the data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import knowledge_bases
from guardrails.own_rules import refuse_switches
from guardrails.rulebook import load_rulebook
from knowledge_bases.schema import Institution

FOLDER = "rules"


def own_rule_folders(data_dir: Path) -> dict[str, Path]:
    """Folders with rules of institutions' own, by institution id: those kept in ``data_dir``, else the samples'."""
    samples = Path(knowledge_bases.__file__ or "").parent
    found = [*samples.glob(f"*/{FOLDER}"), *(data_dir / "institutions").glob(f"*/{FOLDER}")]
    return {folder.parent.name: folder for folder in found if any(folder.glob("*.yaml"))}


def check_own_rules(institution: Institution, folder: Path) -> None:
    """Raise where the rules in ``folder/rules`` or the switches of ``institution`` are not its to have.

    Raises:
        RulebookError: the message says which rule, and what to do.
    """
    own = folder / FOLDER
    rulebook = load_rulebook(own={institution.id: own} if own.is_dir() else None)
    refuse_switches(rulebook.disclosures, institution)


def keep_own_rules(folder: Path, data_dir: Path, institution_id: str) -> None:
    """Copy the checked files of ``folder/rules`` to where every process reads them."""
    kept = data_dir / "institutions" / institution_id / FOLDER
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        kept.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept / path.name)
