"""A held answer in the console: what stands in its way, edited, checked, and released as it was shown."""

from __future__ import annotations

import html
import re

import pytest

from app.answering.types import AnswerStatus
from app.cases.service import CaseService
from app.conversations.service import ConversationService
from app.switches.service import SwitchService
from app.switches.types import Kind, Switch
from tests.app.cases.held_desk import REWORDED, HeldDesk, hidden, ticked
from tests.app.small_bank import BANK, FEE_QUESTION, SmallBank


@pytest.fixture
def desk(small_bank: SmallBank) -> HeldDesk:
    return HeldDesk.of(small_bank)


def fields_of(desk: HeldDesk, text: str, **changes: object) -> dict[str, object]:
    """The form with its first sentence reworded and every other one left out."""
    page = desk.page("rita", f"/{desk.case.id}/edit").text
    names = sorted(set(re.findall(r'name="(held-\d+)-text"', page)))
    removed = {f"{name}-remove": "1" for name in names[1:]}
    texts = {f"{name}-text": "kept" for name in names[1:]}
    return {**texts, **ticked(page), **removed, "held-0-text": text, "step": "check", **changes}


async def test_the_case_offers_an_edit_and_the_form_has_every_sentence_with_its_sources(desk: HeldDesk) -> None:
    await desk.hold()
    assert f'href="/console/{BANK}/cases/{desk.case.id}/edit"' in desk.page("rita", f"/{desk.case.id}").text
    page = desk.page("rita", f"/{desk.case.id}/edit").text
    assert FEE_QUESTION in page
    assert "The annual fee of the Gold Card is HK$720." in page
    assert ticked(page)["held-0-source"]
    assert "Added word for word" in page
    assert 'value="propose"' not in page, "nothing goes out that was not checked"


async def test_what_was_checked_and_shown_goes_out_and_the_case_keeps_both_texts(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    case, form = desk.case, fields_of(desk, REWORDED)
    checked = desk.page("rita", f"/{case.id}/edit", **form)
    assert checked.status_code == 200
    assert "It may go out" in checked.text
    assert "HK$720" in checked.text
    assert len(desk.said(conversation)) == 1, "checking releases nothing"
    sent = {**form, "step": "propose", "seen": hidden(checked.text, "seen"), "reason": "plainer"}
    assert desk.page("rita", f"/{case.id}/edit", **sent).status_code == 303
    assert len(desk.said(conversation)) == 1, "nor does proposing it"
    assert desk.release().status_code == 303
    answer = desk.said(conversation)[-1]
    assert [sentence.text for sentence in answer.sentences] == [REWORDED]
    shown = desk.page("ada", f"/{case.id}").text
    for part in (
        "Edited before it went out",
        "By hugo",
        "Proposed by rita",
        "<del>",
        "<ins>",
        "What the customer read",
    ):
        assert part in shown


async def test_what_was_changed_after_the_check_is_checked_again_and_not_released(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    form = fields_of(desk, REWORDED)
    seen = hidden(desk.page("rita", f"/{desk.case.id}/edit", **form).text, "seen")
    other = {**form, "held-0-text": "For the Gold Card, the annual fee is HK$720.", "step": "propose", "seen": seen}
    refused = desk.page("rita", f"/{desk.case.id}/edit", **other)
    assert refused.status_code == 409
    assert "not what you were shown" in refused.text
    assert "For the Gold Card, the annual fee" in refused.text, "nothing typed is lost"
    assert len(desk.said(conversation)) == 1


@pytest.mark.parametrize("step", ["check", "propose"])
async def test_a_sentence_that_is_not_borne_out_is_named_and_nothing_goes_out(desk: HeldDesk, step: str) -> None:
    conversation = await desk.hold()
    page = desk.page("rita", f"/{desk.case.id}/edit", **fields_of(desk, "The annual fee is HK$270.", step=step))
    assert "Contradicted" in page.text
    assert "P07" in page.text
    assert 'value="propose"' not in page.text
    assert len(desk.said(conversation)) == 1


async def test_a_mandated_statement_is_no_field_and_cannot_be_left_out(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    form = fields_of(desk, REWORDED, **{"D01-text": "never mind", "D01-remove": "1"})
    seen = hidden(desk.page("rita", f"/{desk.case.id}/edit", **form).text, "seen")
    desk.page("rita", f"/{desk.case.id}/edit", **{**form, "step": "propose", "seen": seen})
    desk.release()
    answer = desk.said(conversation)[-1]
    assert "D01" in {disclosure.rule_id for disclosure in answer.disclosures}
    assert all(disclosure.text in answer.text for disclosure in answer.disclosures)
    assert "never mind" not in answer.text


async def test_an_added_sentence_rests_on_other_words_that_were_found(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    page = desk.page("rita", f"/{desk.case.id}/edit").text
    ids = re.findall(r'name="new-0-source" value="([^"]+)"[^>]*><span><span class="quoted" lang="en">([^<]+)', page)
    late = next(source for source, text in ids if "HK$300" in text)
    words = "A late charge of HK$300 applies to each missed payment."
    added = {"new-0-text": words, "new-0-source": html.unescape(late)}
    form = fields_of(desk, REWORDED, **added)
    checked = desk.page("rita", f"/{desk.case.id}/edit", **form)
    assert 'name="new-1-text"' in checked.text, "there is room for one more"
    desk.page("rita", f"/{desk.case.id}/edit", **{**form, "step": "propose", "seen": hidden(checked.text, "seen")})
    desk.release()
    assert [sentence.text for sentence in desk.said(conversation)[-1].sentences][-1] == added["new-0-text"]


async def test_a_document_withdrawn_meanwhile_is_told_beside_the_case_with_what_to_do(desk: HeldDesk) -> None:
    await desk.hold()
    desk.bank.withdraw()
    case = desk.page("rita", f"/{desk.case.id}").text
    assert "no longer in force" in case
    assert 'value="propose"' not in case
    refused = desk.page("rita", f"/{desk.case.id}/proposal", step="propose", reason="looks right")
    assert refused.status_code == 409
    assert "edit it to rest on documents that are" in html.unescape(refused.text)
    assert "looks right" in refused.text, "nothing typed is lost"
    assert "no longer in force" in desk.page("rita", f"/{desk.case.id}/edit").text
    assert desk.decline("withdrawn").status_code == 303


async def test_a_switch_turned_between_check_and_release_is_told_and_keeps_the_words(desk: HeldDesk) -> None:
    await desk.hold()
    form = fields_of(desk, REWORDED)
    seen = hidden(desk.page("rita", f"/{desk.case.id}/edit", **form).text, "seen")
    with desk.bank.foundation.database.write() as session:
        SwitchService(session, BANK, desk.bank.foundation.ledger).set(Switch(Kind.LANGUAGE, "en"), "hugo", "wrong")
    refused = desk.page("rita", f"/{desk.case.id}/edit", **{**form, "step": "propose", "seen": seen})
    assert refused.status_code == 409
    assert "suspended" in refused.text
    assert REWORDED in refused.text


async def test_the_queue_says_how_long_a_customer_waits_and_the_oldest_comes_first(desk: HeldDesk) -> None:
    await desk.hold()
    first = desk.case.id
    await desk.hold()
    page = desk.page("rita", "?trigger=release&state=open").text
    assert page.count("customer waits: now") == 2
    second = next(case.id for case in desk.bank.cases() if case.id != first)
    assert page.index(first) < page.index(second)


@pytest.mark.parametrize(("name", "status"), [("ada", 403), ("maya", 403), ("mallory", 404), ("hugo", 200)])
async def test_who_decides_edits_and_nobody_else(desk: HeldDesk, name: str, status: int) -> None:
    await desk.hold()
    assert desk.page(name, f"/{desk.case.id}/edit").status_code == status
    sent = desk.page(name, f"/{desk.case.id}/edit", **fields_of(desk, REWORDED))
    assert sent.status_code == status


async def test_what_was_decided_or_erased_or_holds_no_answer_is_not_edited(desk: HeldDesk) -> None:
    conversation = await desk.hold()
    decided = desk.case.id
    desk.page("rita", f"/{decided}/proposal", step="propose")
    desk.release()
    assert desk.page("rita", f"/{decided}/edit").status_code == 409
    late = desk.page("rita", f"/{decided}/edit", **{"held-0-text": "My own words.", "reason": "Clearer."})
    assert late.status_code == 409
    assert "decided this case on" in late.text
    assert '<blockquote class="words below">My own words.\nClearer.</blockquote>' in late.text
    assert desk.said(conversation)[-1].status is AnswerStatus.QUOTED
    erased = await desk.hold()
    with desk.bank.foundation.database.write() as session:
        ConversationService(session, BANK, desk.bank.foundation.ledger).erase(erased, "otto")
    assert desk.page("rita", f"/{desk.case.id}/edit").status_code == 409
    assert desk.decline("erased").status_code == 303
    await desk.bank.ask("I want to talk to a human")
    refused = desk.page("rita", f"/{desk.case.id}/edit")
    assert (refused.status_code, "none to edit" in refused.text) == (409, True)
    assert desk.page("rita", "/nowhere/edit").status_code == 404
    with desk.bank.foundation.database.read() as session:
        assert CaseService(session, BANK, desk.bank.foundation.ledger).get(decided).decision is not None
