"""The Review room and the overview: who reads, who decides, what is shown and what stays hidden."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from app.cases.service import CaseService
from app.cases.types import CaseState, Flag, Trigger
from app.evidence.service import EvidenceService
from app.evidence.tables import AuditEntryRow
from app.evidence.types import DifferingRecord
from app.jobs.heartbeat import WorkerId, beat
from app.jobs.tables import WorkerRow
from guardrails.types import Severity
from knowledge_bases.schema import Span
from tests.app.console.conftest import Browser
from tests.app.console.world import LINES, NAME, OWN, PHONE, PUBLISHED, STAFF, World, fee_citation

ROOM = f"/console/{OWN}/cases"
READERS = {"rita", "hugo", "ada"}


def decide(browser: Browser, world: World, name: str, **fields: str):
    form = {"csrf": world.tickets[name].csrf_token, **fields}
    return browser(name).post(f"{ROOM}/{world.case_id}/decision", data=form)


def state(world: World) -> CaseState:
    with world.foundation.database.read() as session:
        return CaseService(session, OWN, world.foundation.ledger).get(world.case_id).state


@pytest.mark.parametrize("name", STAFF)
def test_reviewers_heads_and_auditors_read_the_queue_and_nobody_else(browser: Browser, world: World, name: str) -> None:
    for address in (ROOM, f"{ROOM}/{world.case_id}"):
        response = browser(name).get(address)
        assert response.status_code == (200 if name in READERS else 403)
        assert name in READERS or "auditor or compliance head or reviewer" in response.text
    assert (f'href="{ROOM}"' in browser(name).get(f"/console/{OWN}").text) is (name in READERS)


def test_the_worst_case_stands_first_and_filters_narrow_the_list(browser: Browser, world: World) -> None:
    text = browser("rita").get(ROOM).text
    assert text.index(world.erased_case_id) < text.index(world.case_id)  # S2 before S3
    downs = browser("rita").get(ROOM, params={"trigger": "thumbs_down"}).text
    assert world.case_id in downs
    assert world.erased_case_id not in downs
    assert world.case_id not in browser("rita").get(ROOM, params={"state": "approved"}).text


def open_samples(world: World, count: int) -> None:
    with world.foundation.database.write() as session:
        service = CaseService(session, OWN, world.foundation.ledger)
        talk = service.get(world.case_id).conversation_id
        for number in range(count):
            service.open(Flag(Trigger.SAMPLE, Severity.S1, talk, f"answer-{number}"))


def test_a_long_queue_says_how_many_there_are_and_turns_its_pages(browser: Browser, world: World) -> None:
    open_samples(world, 105)  # worse than the three of the world, so that these fall on the second page
    first = browser("rita").get(ROOM).text
    assert "1 to 100 of 108 cases" in first
    assert world.case_id not in first
    assert 'rel="prev"' not in first
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = browser("rita").get(ROOM + html.unescape(following)).text
    assert "101 to 108 of 108 cases" in second
    assert world.case_id in second
    assert 'rel="next"' not in second


def test_a_filter_looks_at_every_case_and_stays_while_pages_are_turned(browser: Browser, world: World) -> None:
    open_samples(world, 101)
    assert world.case_id in browser("rita").get(ROOM, params={"trigger": "thumbs_down"}).text
    samples = browser("rita").get(ROOM, params={"trigger": "sample", "state": "open"}).text
    (following,) = re.findall(r'rel="next" href="([^"]+)"', samples)
    assert "101 to 101 of 101 cases" in browser("rita").get(ROOM + html.unescape(following)).text


@pytest.mark.parametrize("number", ["0", "-5", "7", "9" * 30])
def test_a_page_that_is_not_there_is_the_nearest_that_is(browser: Browser, number: str) -> None:
    assert "1 to 3 of 3 cases" in browser("rita").get(ROOM, params={"page": number}).text


def test_a_case_shows_what_was_said_and_what_it_rested_on(browser: Browser, world: World) -> None:
    text = browser("ada").get(f"{ROOM}/{world.case_id}").text
    citation = fee_citation()
    for shown in ("My HKID is ●●●●●●●●", LINES[1], "P07", "D09", "quoting", "555555555555", "11.8 ms", "not find it"):
        assert shown in text
    address = f"/console/{OWN}/documents/{PUBLISHED.document}/{PUBLISHED.version}"
    place = f"?start={citation.span.start}&amp;end={citation.span.end}&amp;parse={citation.parse_sha256}#quote"
    assert address + place in text
    assert '<mark id="quote">' in browser("ada").get((address + place).replace("&amp;", "&")).text


def test_what_a_case_found_is_named_and_leads_to_its_rule(browser: Browser, world: World) -> None:
    text = browser("ada").get(f"{ROOM}/{world.case_id}").text
    for rule_id, title in (("P07", "An answer that could not be verified"), ("D09", "Not a protected deposit")):
        assert f'<a href="/console/{OWN}/rules/rule/{rule_id}">{rule_id} {title}</a>' in text


def test_a_case_goes_by_a_number_that_can_be_read_out(browser: Browser, world: World) -> None:
    number = world.case_id[:8].upper()
    assert number in browser("rita").get(ROOM).text
    assert f"Case {number}" in browser("rita").get(f"{ROOM}/{world.case_id}").text


def test_a_case_of_figures_that_differ_shows_both_places_with_their_documents(browser: Browser, world: World) -> None:
    one = fee_citation()
    other = replace(one, span=Span(0, 4), quote="HK$880 elsewhere")
    with world.foundation.database.write() as session:
        evidence = EvidenceService(session, OWN, world.foundation.ledger)
        cases = CaseService(session, OWN, world.foundation.ledger)
        talk = cases.get(world.case_id).conversation_id
        told = evidence.of_conversation(talk)[-1]
        evidence.record(replace(told, answer_id="both", differing=(DifferingRecord("p1", (one, other)),)))
        case = cases.open(Flag(Trigger.FIGURES_DIFFER, Severity.S2, talk, "both", "figures-differ:p1"))
    text = browser("rita").get(f"{ROOM}/{case.id}").text
    section = text[text.index('id="differing"') : text.index('id="citations"')]
    assert one.quote in section
    assert other.quote in section
    assert section.count(f"/documents/{PUBLISHED.document}/{PUBLISHED.version}?start=") == 2
    assert "Figures differ" in browser("rita").get(ROOM, params={"trigger": "figures_differ"}).text


def test_a_decision_is_stored_with_who_and_shown_afterwards(browser: Browser, world: World) -> None:
    assert decide(browser, world, "rita", decision="approve").status_code == 303
    assert state(world) is CaseState.APPROVED
    text = browser("ada").get(f"{ROOM}/{world.case_id}").text
    assert "rita" in text
    assert 'name="decision"' not in text


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_needs_a_reason(browser: Browser, world: World, reason: str) -> None:
    assert decide(browser, world, "rita", decision="reject", reason=reason).status_code == 409
    assert state(world) is CaseState.OPEN


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_reason_that_is_too_long_is_refused_with_the_limit(browser: Browser, world: World, decision: str) -> None:
    response = decide(browser, world, "rita", decision=decision, reason="x" * 2001)
    assert response.status_code == 409
    assert "at most 2,000" in response.text
    assert state(world) is CaseState.OPEN


def test_the_form_tells_the_limit_and_counts_a_line_break_as_the_browser_does(browser: Browser, world: World) -> None:
    form = browser("rita").get(f"{ROOM}/{world.case_id}").text
    assert 'maxlength="2000"' in form
    assert "at most 2,000 characters" in form
    longest = "\r\n".join(["x"] * 1000) + "x"  # 2,000 for the textarea, 2,999 as they are sent
    assert decide(browser, world, "rita", decision="reject", reason=longest).status_code == 303


def test_a_rejections_reason_is_shown(browser: Browser, world: World) -> None:
    decide(browser, world, "hugo", decision="reject", reason="<b>The waiver is missing.</b>")
    assert "&lt;b&gt;The waiver is missing." in browser("ada").get(f"{ROOM}/{world.case_id}").text


def test_a_decided_case_is_not_decided_again(browser: Browser, world: World) -> None:
    decide(browser, world, "rita", decision="approve")
    response = decide(browser, world, "hugo", decision="reject", reason="too late")
    assert response.status_code == 409
    assert state(world) is CaseState.APPROVED


def test_whoever_decides_second_reads_who_was_first_and_keeps_what_they_wrote(browser: Browser, world: World) -> None:
    decide(browser, world, "rita", decision="approve")
    shown = decide(browser, world, "hugo", decision="reject", reason="The <waiver> was missing.").text
    assert re.search(r"rita decided this case on [^:]+:\d\d[^:]*: Approved\. .*yours was not stored", shown)
    assert '<blockquote class="words below">The &lt;waiver&gt; was missing.</blockquote>' in shown


def test_no_decision_is_no_decision(browser: Browser, world: World) -> None:
    assert decide(browser, world, "rita", decision="maybe").status_code == 422
    assert state(world) is CaseState.OPEN


@pytest.mark.parametrize("name", ["ada", "maya", "chen", "otto"])
def test_who_does_not_review_does_not_decide(browser: Browser, world: World, name: str) -> None:
    assert decide(browser, world, name, decision="approve").status_code == 403
    assert state(world) is CaseState.OPEN


def test_name_and_number_are_hidden_until_a_reviewer_asks_and_the_log_notes_it(browser: Browser, world: World) -> None:
    address = f"{ROOM}/{world.call_back_case_id}"
    hidden = browser("rita").get(address).text
    assert PHONE not in hidden
    assert NAME not in hidden
    shown = browser("rita").post(f"{address}/call-back", data={"csrf": world.tickets["rita"].csrf_token}).text
    assert PHONE in shown
    assert NAME in shown
    with world.foundation.database.read() as session:
        own = select(AuditEntryRow).where(AuditEntryRow.action == "callback:reveal:done")
        assert world.tickets["rita"].account_id in session.exec(own).one().fields


def test_an_auditor_does_not_see_name_and_number(browser: Browser, world: World) -> None:
    form = {"csrf": world.tickets["ada"].csrf_token}
    assert browser("ada").post(f"{ROOM}/{world.call_back_case_id}/call-back", data=form).status_code == 403


def test_an_erased_conversation_says_so(browser: Browser, world: World) -> None:
    response = browser("rita").get(f"{ROOM}/{world.erased_case_id}")
    assert response.status_code == 200
    assert "were erased" in response.text
    assert "words that were erased" not in response.text


@pytest.mark.parametrize("name", STAFF)
def test_the_overview_counts_what_waits(browser: Browser, name: str) -> None:
    text = browser(name).get(f"/console/{OWN}").text
    for shown in ("Thumbs down", "Complaint", "Branch notice", "entry ", "Not seen yet"):
        assert shown in text


def test_the_overview_sees_the_worker(browser: Browser, world: World) -> None:
    with world.foundation.database.write() as session:
        beat(session, WorkerId("w1", "elsewhere", 1))
    assert "Working" in browser("otto").get(f"/console/{OWN}").text


def test_the_overview_says_when_the_worker_fell_silent(browser: Browser, world: World) -> None:
    with world.foundation.database.write() as session:
        session.add(WorkerRow(id="w1", place="elsewhere", pid=1, seen_at=datetime(1970, 1, 1, tzinfo=UTC)))
    assert "since 1 Jan 1970, 08:00" in browser("otto").get(f"/console/{OWN}").text


def test_a_complaint_is_asked_about_as_something_to_do_and_closed_with_a_note(browser: Browser, world: World) -> None:
    with world.foundation.database.write() as session:
        service = CaseService(session, OWN, world.foundation.ledger)
        talk = service.get(world.case_id).conversation_id
        complaint = service.open(Flag(Trigger.COMPLAINT, Severity.S2, talk)).id
    shown = browser("rita").get(f"{ROOM}/{complaint}").text
    assert "Was this dealt with?" in shown
    assert "Was the assistant right?" not in shown
    form = {"csrf": world.tickets["rita"].csrf_token, "decision": "approve", "reason": "Fee refunded, letter sent."}
    assert browser("rita").post(f"{ROOM}/{complaint}/decision", data=form).status_code == 303
    assert "Fee refunded, letter sent." in browser("ada").get(f"{ROOM}/{complaint}").text
