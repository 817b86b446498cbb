"""The console's words live in one file: every key a template asks for is there, and none is there for nothing."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from app.answering.types import AnswerStatus
from app.api_keys.types import Scope
from app.batches.types import FileStage
from app.cases.complaints import Way
from app.cases.replying import Chat
from app.cases.types import CaseState, Trigger
from app.console.formats import page_list, size
from app.console.render import ROOMS, TEMPLATES
from app.console.words import FOLDER, WORDS
from app.conversations.types import MessageRole, Vote
from app.documents.comparison import Change
from app.documents.disagreements import Kinship
from app.documents.listing import Phase
from app.documents.sections import Ask, Section
from app.documents.types import Act, Stage, VersionStatus
from app.handover.types import NAMED, OTHER, HandoverState
from app.removal.types import Cause, FileKind
from app.rules.looking import Here
from app.rules.trying import Cause as TriedBy
from app.rules.types import ChangeState
from app.staff.types import Role
from app.switches.types import Composer, Kind, Mode
from app.webhooks.types import GROUPS
from guardrails.rulebook_content import SECTIONS
from guardrails.rules import Force, Placement
from guardrails.types import Action, Severity
from guardrails.verification import Support
from knowledge_bases.office_hours import Presence
from knowledge_bases.parsed import Framing, Hiding
from knowledge_bases.schema import Language, Sector

# families whose keys are made from values: prefix -> values
FAMILIES = {
    "complaint_chat_": [chat for chat in Chat if chat is not Chat.OPEN],
    "complaint_way_": list(Way),
    "complaint_answered_": [*Way, "by"],
    "alarm_": [Trigger.FRAUD, Trigger.VULNERABLE],  # those that flags.alarms_of raises
    "alarm_told_": [Trigger.FRAUD, Trigger.VULNERABLE],
    "handover_": [*HandoverState, "never"],
    "why_": [*NAMED, OTHER],
    "presence_": [*Presence, "until", "next", "unstated"],
    "room_": [name for name, _, _ in ROOMS],
    "status_": list(VersionStatus),
    "stage_": list(Stage),
    "progress_": ["pages", "chunks", "stuck"],
    "unsent_": ["unknown", "no_draft", "not_read", "look"],
    "left_": ["minutes", "seconds"],
    "trigger_": list(Trigger),
    "state_": list(CaseState),
    "severity_": list(Severity),
    "role_": list(MessageRole),
    "staff_": list(Role),
    "vote_": list(Vote),
    "change_": list(Change),
    "figures_why_": list(Kinship),
    "language_": list(Language),
    "sector_": list(Sector),
    "phase_": list(Phase),
    "hiding_": list(Hiding),
    "framing_": list(Framing),
    "act_": list(Act),
    "file_": list(FileStage),
    "section_": list(Section),
    "ask_": list(Ask),
    "outcome_": list(AnswerStatus),
    "cause_": list(Cause),
    "kind_": list(FileKind),
    "switch_": list(Kind),
    "does_": [kind for kind in Kind if kind is not Kind.TOPIC],
    "mode_": list(Mode),
    "scope_": list(Scope),
    "event_": [group.removesuffix(".*") for group in GROUPS],
    "rules_kind_": list(SECTIONS),
    "force_": list(Force),
    "force_short_": list(Force),
    "here_": list(Here),
    "grade_": ["P", "S", "M", "U"],
    "placement_": list(Placement),
    "proposal_": list(ChangeState),
    "made_for_": ["restore", "catch_up"],
    "try_by_": list(TriedBy),
    "support_": list(Support),
    "composer_": [*Composer, "default"],
    "try_action_": list(Action),
}


def texts() -> dict[str, str]:
    return yaml.safe_load((FOLDER / "en.yaml").read_text("utf-8"))


def sources() -> str:
    root = Path(__file__).parents[3] / "app"
    files = [*TEMPLATES.glob("*.html"), *(root / "console").glob("*.py"), *(root / "staff").glob("*.py")]
    return "\n".join(path.read_text("utf-8") for path in files)


def test_every_value_that_is_shown_has_a_word() -> None:
    assert [p + v for p, values in FAMILIES.items() for v in values if p + v not in texts()] == []


def test_every_key_a_template_asks_for_exists() -> None:
    asked = set(re.findall(r'\bt\("([a-z_]+)"[,)]', sources()))
    assert asked - texts().keys() == set()


def test_no_word_is_left_over() -> None:
    source, made = sources(), (*FAMILIES, "message_", "field_")
    assert [
        key
        for key in texts()
        if f'"{key.removesuffix("_one")}"' not in source and f'"{key}"' not in source and not key.startswith(made)
    ] == []


def values_given() -> set[tuple[str, frozenset[str]]]:
    """Each word a template asks for with the names of the values it gives."""
    source, given = sources(), set()
    for call in re.finditer(r'\bt\("([a-z_]+)"', source):
        depth, end = 1, call.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(source[end], 0)
            end += 1
        outer = re.sub(r"\([^()]*\)", "", source[call.end() : end - 1])
        given.add((call[1], frozenset(re.findall(r"\b(\w+)=(?!=)", outer))))
    return given


def test_every_word_is_given_the_values_it_speaks_of() -> None:
    known = texts()
    spoken = {key: set(re.findall(r"\{(\w+)\}", known.get(key, ""))) for key, _ in values_given()}
    assert [(key, spoken[key] - names) for key, names in values_given() if spoken[key] - names] == []


def test_one_thing_is_spoken_of_as_one() -> None:
    assert [WORDS("batch_pages", count=count) for count in (0, 1, 2)] == ["0 pages", "1 page", "2 pages"]
    assert WORDS("batch_named", count=1, at="today") == "1 file of today"


def test_nothing_at_all_has_no_size() -> None:
    assert [size(value) for value in (0, 1, 1500, 2_000_000)] == ["0 bytes", "1 kB", "2 kB", "2.0 MB"]


def test_neighbouring_pages_are_drawn_together_and_of_very_many_the_last_is_named() -> None:
    assert [page_list(each) for each in ((), (4,), (1, 2, 3), (1, 3, 4, 9))] == ["", "4", "1–3", "1, 3–4, 9"]
    assert page_list(range(1, 300, 2)) == "1, 3, 5, 7, 9, … 299"
