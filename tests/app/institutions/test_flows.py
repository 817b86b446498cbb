"""The own flows of an institution, from its folder to a customer's question."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from app.composition import own_flows
from app.samples import sample_root
from guardrails.rails.engine import Rails
from guardrails.types import Action, Reason
from tests.app.commands.conftest import Run, home, logs_as_before, run  # noqa: F401 -- fixtures
from tests.app.small_bank import SmallBank, one_rulebook, write_folders
from tests.guardrails.builders import BANK, asked

NO_RIVALS = """define subflow input no rivals
  $outcome = execute mentions(words="rival bank")
  if $outcome.is_blocked
    bot decline
    stop
"""


def folder_with(root: Path, name: str, text: str) -> Path:
    """A new institution's folder with one file beside its flows."""
    folder = next(iter(write_folders(root).values()))
    described = yaml.safe_load((folder / "institution.yaml").read_text("utf-8"))
    written = yaml.safe_dump({**described, "id": "flowing-bank"}, allow_unicode=True)
    (folder / "institution.yaml").write_text(written, "utf-8")
    (folder / "rails").mkdir()
    (folder / "rails" / name).write_text(text, "utf-8")
    return folder


def test_adding_an_institution_brings_its_flows_along(run: Run, home: Path) -> None:  # noqa: F811
    added = run("institution", "add", str(folder_with(home / "new", "rivals.co", NO_RIVALS)))
    assert added.status == 0, added.err
    assert (home / "data" / "institutions" / "flowing-bank" / "rails" / "rivals.co").read_text("utf-8") == NO_RIVALS


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("actions.py", "import os", "rails/actions.py"),
        ("config.py", "", "no code"),
        ("rivals.co", "define subflow injection\n", "rails/rivals.co line 1"),
        ("rivals.co", NO_RIVALS.replace("mentions", "inspect"), "rails/rivals.co line 2"),
    ],
)
def test_an_institution_with_code_or_a_wrong_flow_is_not_added(
    run: Run,  # noqa: F811
    home: Path,  # noqa: F811
    name: str,
    text: str,
    says: str,
) -> None:
    refused = run("institution", "add", str(folder_with(home / "new", name, text)))
    assert refused.status == 1
    assert says in refused.err
    assert "flowing-bank" not in run("institution", "list").out
    assert not (home / "data" / "institutions").exists()


def test_doctor_names_file_and_line_of_a_wrong_flow(run: Run, home: Path) -> None:  # noqa: F811
    run("institution", "add", str(folder_with(home / "new", "rivals.co", NO_RIVALS)))
    well = {part["part"]: part for part in run("doctor", "--json").json["parts"]}
    assert well["flows of flowing-bank"]["well"]
    (home / "data" / "institutions" / "flowing-bank" / "rails" / "rivals.co").write_text("import os\n", "utf-8")
    ill = {part["part"]: part for part in run("doctor", "--json").json["parts"]}
    assert not ill["flows of flowing-bank"]["well"]
    assert "rails/rivals.co line 1" in ill["flows of flowing-bank"]["says"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Can my MPF invest in Bitcoin?", True),
        ("強積金可以投資虛擬資產嗎？", True),
        ("强积金可以买比特币吗？", True),
        ("Which funds may I switch between?", False),
        ("轉換基金要幾耐？", False),
        ("更换基金要多久？", False),
    ],
)
def test_the_sample_trustee_does_not_discuss_virtual_assets(small_bank: SmallBank, text: str, refused: bool) -> None:
    rails = Rails(one_rulebook(), own=own_flows(small_bank.foundation))
    context = asked(text)
    verdict = asyncio.run(rails.check_input(replace(context, institution=replace(BANK, id="peak-mpf"))))
    elsewhere = asyncio.run(rails.check_input(context))
    rails.close()
    assert verdict.action is (Action.REFUSE if refused else Action.ALLOW)
    assert verdict.reason is (Reason.OUT_OF_SCOPE if refused else None)
    assert elsewhere.action is Action.ALLOW


def test_the_folder_of_the_samples_flows_is_where_the_sample_lies() -> None:
    assert (sample_root() / "peak-mpf" / "rails" / "topics.co").is_file()
