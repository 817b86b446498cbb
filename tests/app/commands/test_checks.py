"""``candour guard``, ``audit``, ``doctor`` and ``eval``: is it right, is it whole, is it well?"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from app.foundation import lay_foundation
from app.jobs.heartbeat import STALE_S
from app.switches import reading
from app.switches.topic_changes import TopicService
from app.switches.topics import shipped_topics
from app.switches.types import Composer, Mode
from guardrails.errors import RulebookError
from guardrails.rulebook import Rulebook
from retrieval.embedders import HashingEmbedder
from tests.app.commands.conftest import Run
from tests.app.small_bank import BANK, EMBEDDER, FEE_QUESTION, RIVAL, settings_of
from tests.fakes.model_server import fails, free_port, says, serving

HERE = ("--institution", BANK)
SECRETS = {
    "CANDOUR_MASTER_KEY": "ab" * 32,
    "CANDOUR_LLM_API_KEY": "sk-very-secret",
}


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def test_guard_reads_questions_and_writes_a_verdict_a_line(run: Run) -> None:
    rows = lines(
        {"id": 1, "text": FEE_QUESTION},
        {"id": "two", "text": "Which fund should I buy?"},
        {"id": 3, "text": "我的身份證號碼是A123456(3)，金卡年費幾多？"},
    )
    ran = run("guard", *HERE, "--stage", "input", "--json", stdin=rows)
    assert ran.status == 0
    verdicts = [json.loads(line) for line in ran.out.splitlines()]
    assert [set(verdict) for verdict in verdicts] == [{"id", "action", "findings", "disclosures", "text"}] * 3
    assert [(v["id"], v["action"]) for v in verdicts] == [(1, "allow"), ("two", "refuse"), (3, "rewrite")]
    assert "A123456" not in verdicts[2]["text"]


def test_guard_checks_an_answer_against_its_passages(run: Run) -> None:
    passages = ["The annual fee of the Gold Card is HK$720."]
    rows = lines(
        {"id": 1, "text": "The annual fee of the Gold Card is HK$720.", "question": FEE_QUESTION, "passages": passages},
        {"id": 2, "text": "The annual fee of the Gold Card is HK$1.", "question": FEE_QUESTION, "passages": passages},
        {"id": 3, "text": "The annual fee of the Gold Card is HK$720.", "question": FEE_QUESTION},
    )
    ran = run("guard", *HERE, "--stage", "output", stdin=rows)
    assert ran.status == 0
    verdicts = [json.loads(line) for line in ran.out.splitlines()]
    assert verdicts[0]["action"] in ("allow", "rewrite")
    assert [v["action"] for v in verdicts[1:]] == ["hold", "hold"]


@pytest.mark.parametrize(
    "row",
    [
        "not JSON",
        "[]",
        '{"id": 1}',
        '{"id": 1, "text": 5}',
        '{"id": 1, "text": "x", "question": 5}',
        '{"id": 1, "text": "x", "passages": "one"}',
        '{"id": 1, "text": "x", "passages": [{"text": "x"}]}',
        '{"id": 1, "text": "\\ud800"}',
        "[" * 20_000,
    ],
)
def test_a_line_that_guard_cannot_read_gives_an_error_line_and_the_rest_go_on(run: Run, row: str) -> None:
    good = [lines({"id": number, "text": "Hello."}) for number in (0, 9)]
    ran = run("guard", *HERE, "--stage", "output", stdin=f"{good[0]}{row}\n{good[1]}")
    assert ran.status == 1
    before, bad, after = (json.loads(line) for line in ran.out.splitlines())
    assert [before["id"], after["id"]] == [0, 9]
    assert set(bad) == {"id", "line", "error"}
    assert (bad["line"], bad["id"]) == (2, 1 if '"id": 1' in row else None)
    assert "mend that line" in bad["error"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("not JSON", "it is not JSON (Expecting value: line 1 column 1 (char 0))"),
        ("[]", "it is a list and no object"),
        ('{"id": 1}', "it has no 'text'"),
        ('{"text": 5}', "'text' is a number and no string"),
        ('{"text": "x", "passages": "one"}', "'passages' is no list of strings"),
        ('{"text": "\\ud800"}', "it holds NUL or half of a character"),
    ],
)
def test_guard_says_what_is_wrong_with_a_line_and_what_form_it_has(run: Run, row: str, fault: str) -> None:
    said = json.loads(run("guard", *HERE, stdin=f"{row}\n").out)["error"]
    assert said == f'{fault}; write it as JSON of the form {{"id", "text", "question"?, "passages"?}}: mend that line'


def test_guard_closes_on_a_megabyte_and_on_a_foreign_language(run: Run) -> None:
    rows = lines(
        {"id": 1, "text": "A123456(3) " * 100_000},
        {"id": 2, "text": "クレジットカードの年会費はいくらですか"},
    )
    ran = run("guard", *HERE, "--stage", "input", stdin=rows)
    assert ran.status == 0
    too_long, foreign = (json.loads(line) for line in ran.out.splitlines())
    assert (too_long["action"], too_long["text"]) == ("refuse", "[WITHHELD]")
    assert [finding["reason"] for finding in foreign["findings"]] == ["language"]


def test_guard_for_an_unknown_institution_or_stage_is_wrong_use(run: Run) -> None:
    assert run("guard", "--institution", "no-bank", stdin="").status == 2
    assert run("guard", *HERE, "--stage", "middle", stdin="").status == 2
    assert run("guard", *HERE, "--stage", "retrieval", stdin="").status == 2


def test_the_log_is_whole_until_somebody_changes_it(run: Run, home: Path) -> None:
    run("ask", FEE_QUESTION, *HERE)
    whole = run("audit", "verify", *HERE, "--json")
    assert whole.status == 0
    (report,) = whole.json["reports"]
    assert (report["institution"], report["whole"], report["evidence"]) == (BANK, True, 1)
    database = sqlite3.connect(home / "data" / "candour.db")
    database.execute("UPDATE audit_entry SET subject_id = 'x' WHERE institution_id = ? AND seq = 2", (BANK,))
    database.commit()
    database.close()
    broken = run("audit", "verify", "--json")
    assert broken.status == 1
    reports = {report["institution"]: report for report in broken.json["reports"]}
    assert (reports[BANK]["whole"], reports[RIVAL]["whole"]) == (False, True)
    assert {"breach": "entry_changed", "seq": 2, "subject": "x"} in reports[BANK]["breaches"]
    assert "NOT WHOLE" in run("audit", "verify").out


def test_a_message_deleted_behind_the_log_is_named(run: Run, home: Path) -> None:
    run("ask", FEE_QUESTION, *HERE)
    database = sqlite3.connect(home / "data" / "candour.db")
    [(gone,)] = database.execute("DELETE FROM message WHERE role = 'assistant' RETURNING id").fetchall()
    database.commit()
    database.close()
    broken = run("audit", "verify", *HERE, "--json")
    assert broken.status == 1
    [breach] = broken.json["reports"][0]["breaches"]
    assert (breach["breach"], breach["subject"]) == ("message_missing", gone)


def test_removed_checkpoints_are_named(run: Run, home: Path) -> None:
    assert run("audit", "verify", *HERE).status == 0
    (home / "data" / "checkpoints" / f"{BANK}.jsonl").unlink()
    broken = run("audit", "verify", *HERE, "--json")
    assert broken.status == 1
    assert [b["breach"] for b in broken.json["reports"][0]["breaches"]] == ["checkpoint_missing"]


def test_the_log_is_exported_a_line_an_entry_without_anyones_words(run: Run) -> None:
    run("ask", FEE_QUESTION, *HERE)
    ran = run("audit", "export", *HERE)
    assert ran.status == 0
    entries = [json.loads(line) for line in ran.out.splitlines()]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    actions = [entry["action"] for entry in entries]
    recorded = next(i for i, action in enumerate(actions) if action.startswith("answer:record:"))
    assert [a for a in actions[recorded:] if a.startswith("message:")] == [
        "message:say:customer",
        "message:say:assistant",
    ]
    assert "annual fee" not in ran.out


def test_the_log_of_an_unknown_institution_is_wrong_use(run: Run) -> None:
    assert run("audit", "verify", "--institution", "no-bank").status == 2
    assert run("audit", "export", "--institution", "no-bank").status == 2


def test_a_healthy_house_is_zero_and_quiet_about_it(run: Run) -> None:
    ran = run("doctor", "--json")
    assert ran.status == 0, ran.json["parts"]
    parts = {part["part"]: part for part in ran.json["parts"]}
    assert set(parts) >= {"database", "rulebook", "rails", "embedder", BANK, RIVAL, "model", "worker"}
    assert "all hashes right" in parts[BANK]["says"]
    assert "all sizes right" in parts[f"files of {BANK}"]["says"]
    assert run("doctor", "--quiet").out == ""


def test_a_broken_rulebook_file_is_told_by_its_line_and_all_else_is_looked_at(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("doctor", "--quiet").status == 0  # the rulebook that loads is kept

    def broken(**_: object) -> Rulebook:
        raise RulebookError("banking.yaml line 637 is not valid YAML; correct the file")

    for room in ("app.doctor.guardrails", "app.rules.provider"):
        monkeypatch.setattr(f"{room}.load_rulebook", broken)
    ran = run("doctor", "--json")
    parts = {part["part"]: part for part in ran.json["parts"]}
    assert ran.status == 1
    assert {name for name, part in parts.items() if not part["well"]} == {
        "rulebook",
        f"rules of {BANK}",
        f"rules of {RIVAL}",
    }
    assert "banking.yaml line 637" in parts["rulebook"]["says"]
    assert "stands in" in parts[f"rules of {BANK}"]["says"]


def test_what_is_switched_is_no_illness_and_told_first(run: Run) -> None:
    assert "none is on" in run("doctor").out
    assert run("switches", "set", "topic:fees", "--institution", BANK, "--reason", "wrong table").status == 0
    parts = {part["part"]: part for part in run("doctor", "--json").json["parts"]}
    assert parts["switches"]["well"]
    assert f"ON: topic:fees for {BANK} since " in parts["switches"]["says"]


def test_topics_that_a_person_answers_are_told_beside_the_switches(run: Run, home: Path) -> None:
    base = lay_foundation(settings_of(home / "data"))
    with base.database.write() as session:
        topics = TopicService(session, BANK, base.ledger)
        held = replace(topics.all()["fees"], mode=Mode.HOLD)
        topics.decide(topics.propose(held, "hugo", "a new tariff").id, "helen", approve=True)
    base.database.engine.dispose()
    assert f"none is on; topics for people: fees of {BANK} (hold)" in run("doctor").out


def test_composers_by_topic_are_told_and_that_a_model_is_missing_for_one(run: Run, home: Path) -> None:
    base = lay_foundation(settings_of(home / "data"))
    with base.database.write() as session:
        topics = TopicService(session, BANK, base.ledger)
        for topic, composer in (("fees", Composer.GENERATE), ("claims", Composer.QUOTE)):
            wanted = replace(topics.all()[topic], composer=composer)
            topics.decide(topics.propose(wanted, "hugo", "a trial").id, "helen", approve=True)
    base.database.engine.dispose()
    said = run("doctor").out
    assert f"fees of {BANK} (generate, but no model is configured: it is quoted)" in said
    assert f"claims of {BANK} (quote)" in said
    listed = {each["topic"]: each["composer"] for each in run("switches", "list", "--json").json["topics"]}
    assert listed == {"fees": "generate", "claims": "quote"}
    assert f"{BANK}: topic claims is answered by mode auto, composer quote" in run("switches", "list").out


def test_a_switch_of_a_topic_that_does_not_exist_stops_nothing_and_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("switches", "set", "topic:fees", "--reason", "wrong table").status == 0
    fewer = {name: topic for name, topic in shipped_topics().items() if name != "fees"}
    monkeypatch.setattr(reading, "shipped_topics", lambda: fewer)
    parts = {part["part"]: part for part in run("doctor", "--json").json["parts"]}
    assert not parts["switches"]["well"]
    assert "topic:fees for all: no such topic, so nothing is stopped" in parts["switches"]["says"]


def put_in_stage(home: Path, stage: str) -> None:
    """One version of the bank as it is while an upload waits, is being read, or was read."""
    database = sqlite3.connect(home / "data" / "candour.db")
    database.execute("UPDATE document_version SET stage = ? WHERE document_id = 'card-fees'", (stage,))
    database.commit()
    database.close()


def beat_before(home: Path, seconds: float) -> None:
    then = (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")
    database = sqlite3.connect(home / "data" / "candour.db")
    database.execute("INSERT OR REPLACE INTO worker VALUES ('worker', 'elsewhere', 1, ?, 0)", (then,))
    database.commit()
    database.close()


@pytest.mark.parametrize("stage", ["received", "embedding"])
def test_a_silent_worker_is_ill_where_uploads_wait(run: Run, home: Path, stage: str) -> None:
    put_in_stage(home, stage)
    beat_before(home, STALE_S + 60)
    ran = run("doctor", "--quiet")
    assert ran.status == 1
    assert "worker" in ran.out
    assert "30 s are allowed" in ran.out


def test_a_worker_that_never_ran_is_ill_where_uploads_wait(run: Run, home: Path) -> None:
    put_in_stage(home, "received")
    ran = run("doctor", "--quiet")
    assert (ran.status, "never seen" in ran.out) == (1, True)


def test_a_worker_that_beats_is_well_whatever_waits(run: Run, home: Path) -> None:
    put_in_stage(home, "received")
    beat_before(home, STALE_S - 20)
    assert run("doctor", "--quiet").status == 0


@pytest.mark.parametrize("stage", ["ready", "failed"])
def test_a_silent_worker_is_well_where_nothing_waits(run: Run, home: Path, stage: str) -> None:
    put_in_stage(home, stage)
    beat_before(home, STALE_S + 60)
    assert run("doctor", "--quiet").status == 0


def test_secrets_are_never_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    for words in (("doctor",), ("doctor", "--json")):
        ran = run(*words)
        assert not [value for value in SECRETS.values() if value in ran.out + ran.err]
        assert "(set, hidden)" in ran.out


def test_a_password_in_the_databases_address_is_not_printed_when_it_cannot_be_reached(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"postgresql+psycopg://candour:hunter2@127.0.0.1:{free_port()}/candour"
    monkeypatch.setenv("CANDOUR_DATABASE_URL", address)
    ran = run("doctor")
    assert ran.status == 1
    assert "CANDOUR_DATABASE_URL" in ran.out
    assert "hunter2" not in ran.out + ran.err


def test_a_damaged_snapshot_is_ill(run: Run, home: Path) -> None:
    for vectors in (home / "data" / "index" / BANK / "segments").rglob("*.npy"):
        content = bytearray(vectors.read_bytes())
        content[-1] ^= 1
        vectors.write_bytes(content)
    ran = run("doctor", "--quiet")
    assert ran.status == 1
    assert BANK in ran.out
    assert "no earlier snapshot opens: every answer is held" in ran.out
    assert RIVAL not in ran.out


@pytest.mark.parametrize("damage", ["cut short", "swapped", "another institution's"])
def test_a_damaged_file_of_the_newest_version_is_ill_and_the_snapshot_that_answers_instead_is_named(
    run: Run, home: Path, damage: str
) -> None:
    def segments() -> set[Path]:
        return set((home / "data" / "index" / BANK / "segments").glob("*/vectors.npy"))

    (home / "locker.md").write_text("# Lockers\n\nA small safe deposit locker costs HK$450 a year.\n", "utf-8")
    before, good = segments(), run("ask", FEE_QUESTION, *HERE, "--json").json["snapshot"]
    assert run("ingest", "locker.md", *HERE, "--publish").status == 0
    (newest,) = segments() - before
    rivals = set((home / "data" / "index" / RIVAL / "segments").glob("*/vectors.npy"))
    others = rivals if damage == "another institution's" else before
    of_its_size = next(path for path in others if path.stat().st_size == newest.stat().st_size)
    newest.write_bytes(newest.read_bytes()[:-1] if damage == "cut short" else of_its_size.read_bytes())
    damaged = newest.read_bytes()
    ran = run("doctor", "--quiet")
    assert ran.status == 1
    assert str(newest) in ran.out
    assert f"the last good one answers, {good}" in ran.out
    asked = run("ask", FEE_QUESTION, *HERE, "--json").json
    assert (asked["status"], asked["snapshot"]) == ("quoted", good)
    assert newest.read_bytes() == damaged  # nobody repairs or deletes it in silence


def test_an_index_whose_model_is_not_to_be_had_is_ill_and_says_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = HashingEmbedder(dimensions=32)
    monkeypatch.setattr("app.doctor.search.make_embedder", lambda *_: other)
    ran = run("doctor", "--quiet")
    assert ran.status == 1
    assert f"model {EMBEDDER.id}, which an index was made by, cannot be had" in ran.out
    assert "candour knowledge reembed --start" in ran.out


def stored_file(home: Path, column: str) -> Path:
    """A stored file of the newest fees of the bank."""
    database = sqlite3.connect(home / "data" / "candour.db")
    select = f"SELECT {column} FROM document_version WHERE document_id = 'card-fees' AND version = '2026-01'"  # noqa: S608
    [(sha256,)] = database.execute(select).fetchall()
    database.close()
    return home / "data" / "files" / BANK / sha256[:2] / sha256


@pytest.mark.parametrize("column", ["file_sha256", "parse_sha256"])
def test_a_missing_original_or_parse_is_ill(run: Run, home: Path, column: str) -> None:
    path = stored_file(home, column)
    path.unlink()
    ran = run("doctor", "--quiet")
    assert ran.status == 1
    assert f"files of {BANK}" in ran.out
    assert path.name in ran.out
    assert RIVAL not in ran.out


def test_a_stored_file_cut_short_is_ill(run: Run, home: Path) -> None:
    path = stored_file(home, "parse_sha256")
    path.write_bytes(path.read_bytes()[:-1])
    assert run("doctor", "--quiet").status == 1


def test_a_stored_file_changed_in_place_is_ill_when_hashes_are_asked_for(run: Run, home: Path) -> None:
    path = stored_file(home, "parse_sha256")
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    assert run("doctor", "--quiet").status == 0
    assert run("doctor", "--quiet", "--hashes").status == 1


def test_a_stored_file_whose_size_was_never_noted_is_read_whole(run: Run, home: Path) -> None:
    database = sqlite3.connect(home / "data" / "candour.db")
    database.execute("UPDATE document_version SET file_bytes = NULL, parse_bytes = NULL")
    database.commit()
    database.close()
    assert run("doctor", "--quiet").status == 0
    path = stored_file(home, "file_sha256")
    path.write_bytes(path.read_bytes().replace(b"720", b"127"))
    assert run("doctor", "--quiet").status == 1


def test_the_model_server_is_asked_with_its_key_and_is_ill_when_it_fails(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDOUR_LLM_API_KEY", "sk-very-secret")
    monkeypatch.setenv("CANDOUR_LLM_MODEL", "tiny")
    with serving(says("Yes")) as server:
        monkeypatch.setenv("CANDOUR_LLM_BASE_URL", server.base_url)
        assert run("doctor", "--quiet").status == 0
        assert server.keys == ["Bearer sk-very-secret"]
        server.reply = fails(500)
        assert run("doctor", "--quiet").status == 1


@pytest.mark.parametrize(
    ("name", "value"), [("CANDOUR_PORT", "0"), ("CANDOUR_LOG_LEVEL", "loud"), ("CANDOUR_MASTER_KEY", "short")]
)
def test_a_wrong_setting_is_named_in_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = run("ask", FEE_QUESTION, *HERE)
    assert ran.status in (1, 2)
    assert name in ran.err


def test_eval_answers_reports_what_was_cited_right(run: Run, home: Path) -> None:
    from eval.__main__ import cli

    gold = [{"document": "card-fees", "contains": "HK$720"}]
    suite = home / "suite.jsonl"
    suite.write_text(
        lines(
            {"id": "a", "language": "en", "question": FEE_QUESTION, "answerable": True, "gold": gold},
            {"id": "b", "language": "en", "question": "What is the mortgage rate?", "answerable": False, "gold": []},
        ),
        encoding="utf-8",
    )
    with patch("eval.__main__.make_embedder", lambda *_: EMBEDDER):
        ran = CliRunner().invoke(cli, ["answers", str(suite), *HERE, "--json"])
    assert ran.exit_code == 0, ran.output
    report = json.loads(ran.stdout)["quote"]
    assert (report["cited_right"], report["said_right"], report["declined"]) == ([1, 1], [1, 1], [1, 1])
    assert CliRunner().invoke(cli, ["answers", str(home / "none.jsonl"), *HERE]).exit_code == 1
    assert CliRunner().invoke(cli, ["answers", str(suite), "--institution", "no-bank"]).exit_code == 2


def test_the_commands_answer_for_help_without_loading_the_parsers(home: Path) -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from app.cli import cli\n"
        "for words in (['--help'], ['serve', '--help'], ['worker', '--help'], ['doctor', '--help']):\n"
        "    assert CliRunner().invoke(cli, words).exit_code == 0, words\n"
        "print(sorted({'ingestion', 'dbos', 'chainlit', 'torch', 'eval'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
