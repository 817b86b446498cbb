"""Console · Rules: what binds here, a rule with its words, a text tried, a change proposed and decided by two."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.staff.service import StaffService
from app.staff.types import Role
from tests.app.console.conftest import Browser
from tests.app.console.world import FOREIGN, OWN, World
from tests.app.small_bank import one_rulebook

RULES = f"/console/{OWN}/rules"
NEW_WORDS = "Borrow only what you are sure to repay."


def form_of(page: str) -> dict[str, str]:
    """The fields of the form that changes a rule, as a browser would send them."""
    start = page.index('class="rule-form"')
    form = page[start : page.index("</form>", start)]
    fields = {
        unescape(m[1]): unescape(m[2]) for m in re.finditer(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', form)
    }
    areas = re.finditer(r'<textarea[^>]*? name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    return {**fields, **{unescape(m[1]): unescape(m[2]) for m in areas}, "scope": OWN}


class Person:
    """A member of staff at the console."""

    def __init__(self, browser: Browser, world: World, name: str) -> None:
        self.client: TestClient = browser(name)
        self.csrf = world.tickets[name].csrf_token

    def get(self, path: str = "") -> str:
        response = self.client.get(RULES + path)
        assert response.status_code == 200, response.text
        return response.text

    def post(self, path: str, **fields: str) -> Any:
        return self.client.post(RULES + path, data={"csrf": self.csrf, **fields})

    def proposes(self, rule: str = "D01", reason: str = "the HKMA says so", **fields: str) -> str:
        """Fills in the form, looks, sends; the path of the change."""
        form = {**form_of(self.get(f"/rule/{rule}/change")), "reason": reason, **fields}
        looked = self.post("/propose", **{**form, "step": "look"})
        assert looked.status_code == 200, looked.text
        sent = self.post("/propose", **{**form_of(looked.text), "scope": form["scope"], "step": "send"})
        assert sent.status_code == 303, sent.text
        return str(sent.headers["location"].removeprefix(RULES))

    def decides(self, path: str, step: str, **fields: str) -> Any:
        seen = re.search(r'name="seen" value="(\w+)"', self.get(path))
        return self.post(f"{path}/{step}", **({"seen": seen[1]} if seen else {}), **fields)


@pytest.fixture
def maya(browser: Browser, world: World) -> Person:
    return Person(browser, world, "maya")


@pytest.fixture
def hugo(browser: Browser, world: World) -> Person:
    return Person(browser, world, "hugo")


def test_the_list_shows_every_rule_and_whether_it_binds_here(maya: Person) -> None:
    page = maya.get()
    assert all(f"/rules/rule/{rule.id}" in page for rule in one_rulebook().disclosures)
    assert "Other sector" in page
    assert "fixed wordings not confirmed yet" in page
    assert "D30" not in maya.get("?here=1")
    assert "P01" not in maya.get("?kind=disclosures")
    assert "D01" in maya.get("?find=borrowing")


def test_a_rule_says_which_of_its_triggers_hear_questions_only(maya: Person) -> None:
    assert "hears: question" in unescape(maya.get("/rule/D50"))
    assert "hears: question" not in unescape(maya.get("/rule/D40"))


def test_a_rule_shows_its_words_in_three_languages_their_grades_and_examples(maya: Person) -> None:
    page = unescape(maya.get("/rule/D01"))
    rule = one_rulebook().content.entries["D01"]
    for words in (*rule["statement"].values(), rule["source"], *rule["examples"]["must_fire"]):
        assert words in page
    assert "Not confirmed" in page
    assert maya.client.get(f"{RULES}/rule/D99").status_code == 404


def test_one_person_proposes_and_a_second_one_approves(maya: Person, hugo: Person) -> None:
    path = maya.proposes(words_en=NEW_WORDS)
    assert "a second person decides" in unescape(maya.get(path))
    assert "Waits for a second person" in hugo.get()
    assert hugo.decides(path, "approve").status_code == 303
    assert NEW_WORDS in unescape(maya.get("/rule/D01"))
    assert "Rulebook 1" in maya.get("/history")
    assert "rulebook 1 of" in maya.get()


def test_whoever_proposed_it_finds_no_button_and_cannot_approve_by_hand(hugo: Person) -> None:
    path = hugo.proposes(words_en=NEW_WORDS)
    assert f"{path}/approve" not in hugo.get(path)
    seen = hugo.client.get(RULES + path).text
    assert 'name="seen"' not in seen
    refused = hugo.post(f"{path}/approve", seen="0" * 64)
    assert refused.status_code == 409
    assert NEW_WORDS not in unescape(hugo.get("/rule/D01"))


def test_a_maker_may_not_decide(maya: Person, hugo: Person) -> None:
    path = hugo.proposes(words_en=NEW_WORDS)
    assert maya.post(f"{path}/approve").status_code == 403


def test_what_is_returned_says_why_and_can_be_proposed_again(maya: Person, hugo: Person) -> None:
    path = maya.proposes(words_en=NEW_WORDS)
    assert hugo.decides(path, "return", comment="The Chinese must say the same.").status_code == 303
    page = unescape(maya.get(path))
    assert "The Chinese must say the same." in page
    again = form_of(maya.get(f"/rule/D01/change?again={path.removeprefix('/changes/')}"))
    assert (again["words_en"], again["reason"]) == (NEW_WORDS, "the HKMA says so")


def test_a_change_is_shown_before_it_can_be_sent(maya: Person) -> None:
    form = {**form_of(maya.get("/rule/D01/change")), "words_en": NEW_WORDS, "reason": "why not"}
    assert maya.post("/propose", **{**form, "step": "send"}).status_code == 409
    looked = unescape(maya.post("/propose", **{**form, "step": "look"}).text)
    assert "<del>" in looked
    assert "FIX: its wording is prescribed" in looked
    assert "Send for approval" in looked


def test_an_example_that_breaks_is_named_and_there_is_no_way_to_send_it(maya: Person) -> None:
    form = form_of(maya.get("/rule/D01/change"))
    wrong = {**form, "must_fire": form["must_fire"] + "\nWhere is the branch?", "reason": "x", "step": "look"}
    page = unescape(maya.post("/propose", **wrong).text)
    assert "misses: Where is the branch?" in page
    assert "Send for approval" not in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    assert maya.post("/propose", **{**wrong, "step": "send", "seen": seen[1]}).status_code == 409


def test_what_is_typed_is_kept_where_it_cannot_be_sent(maya: Person) -> None:
    form = {**form_of(maya.get("/rule/D01/change")), "words_zh-Hans": "", "reason": "to be kept", "step": "look"}
    page = maya.post("/propose", **form).text
    assert "zh-Hans" in page
    assert form_of(page)["reason"] == "to be kept"


@pytest.mark.parametrize("rest", ["a: [", "- just\n- a list"])
def test_other_fields_that_are_none_are_told_in_words(maya: Person, rest: str) -> None:
    form = {**form_of(maya.get("/rule/D01/change")), "rest": rest, "step": "look"}
    refused = maya.post("/propose", **form)
    assert refused.status_code == 422
    assert "Other fields" in unescape(refused.text)


def test_a_new_rule_of_the_institution_comes_into_force(maya: Person, hugo: Person) -> None:
    form = form_of(maya.get("/new"))
    rest = "sectors: [banking]\ntags: [branch_visit]\nforce: CUST\nplacement: answer\n"
    rest += "grades: {en: M, zh-Hant: M, zh-Hans: M}\n"
    rest += "triggers:\n- en: ['\\bbranch(es)?\\b']\n  zh-Hant: ['分行']\n  zh-Hans: ['分行']\n"
    words = {"words_en": "Please book a visit.", "words_zh-Hant": "請先預約。", "words_zh-Hans": "请先预约。"}
    quiet = "How much is the fee?\n年費幾多？\n年费多少？"
    facts = {"rule_id": f"{OWN}.visit", "title": "Book a visit", "source": "our own [M]", "rest": rest}
    examples = {"must_fire": "Where is the branch?\n分行喺邊？\n分行在哪里？", "must_not_fire": quiet}
    wish = {"effective_from": "2026-01-01", "reason": "queues", "step": "look"}
    fields = {**form, **words, **facts, **examples, **wish}
    looked = maya.post("/propose", **fields)
    sent = maya.post("/propose", **{**form_of(looked.text), "step": "send"})
    assert sent.status_code == 303, unescape(looked.text)
    hugo.decides(sent.headers["location"].removeprefix(RULES), "approve")
    tried = unescape(maya.post("/try", question="Where is the branch in Central?").text)
    assert "Please book a visit." in tried
    assert f"{OWN}.visit" in maya.get("?here=1")


def test_going_back_is_proposed_and_approved_like_any_change(maya: Person, hugo: Person) -> None:
    hugo.decides(maya.proposes(words_en=NEW_WORDS), "approve")
    sent = maya.post("/restore", to=one_rulebook().version, scope=OWN, reason="it was right before")
    path = sent.headers["location"].removeprefix(RULES)
    assert "Back to an earlier rulebook" in maya.get(path)
    assert hugo.decides(path, "approve").status_code == 303
    assert NEW_WORDS not in unescape(maya.get("/rule/D01"))


def test_what_binds_everybody_needs_the_role_in_every_institution(maya: Person, world: World) -> None:
    form = {**form_of(maya.get("/rule/D01/change")), "words_en": NEW_WORDS, "scope": "_platform", "step": "look"}
    assert maya.post("/propose", **form).status_code == 403
    with world.foundation.database.write() as session:
        staff = StaffService(session, world.foundation.ledger)
        staff.grant(world.tickets["maya"].account_id, FOREIGN, Role.MAKER, by="tests")
    assert maya.post("/propose", **form).status_code == 200


def test_a_text_is_tried_and_shows_what_fires_where_and_what_would_be_read(maya: Person) -> None:
    page = unescape(maya.post("/try", question="How do I apply for a personal loan?", language="en").text)
    assert re.search(r"<mark[^>]*>personal loan<sup>D01</sup></mark>|<mark[^>]*>[^<]*loan[^<]*<sup>[^<]*D01", page)
    assert "Borrow only if you can repay!" in page
    by_tag = unescape(maya.post("/try", question="How much?", answer="HK$50,000", tags="structured_deposit").text)
    assert "by a tag" in by_tag
    assert "not a protected deposit" in by_tag
    refused = unescape(maya.post("/try", question="Which fund should I buy?").text)
    assert "Refused" in refused
    assert "I can't recommend a product" in refused


def test_a_text_is_tried_on_a_change_that_is_only_proposed(maya: Person) -> None:
    change = maya.proposes(words_en=NEW_WORDS).removeprefix("/changes/")
    assert "D01" in maya.get(f"/try?change={change}")
    page = unescape(maya.post("/try", question="How do I apply for a personal loan?", change=change).text)
    assert NEW_WORDS in page


@pytest.mark.parametrize("form", [{}, {"question": "x" * 4001}, {"question": "q", "answer": "x" * 4001}])
def test_nothing_and_too_much_can_not_be_tried(maya: Person, form: dict[str, str]) -> None:
    assert maya.post("/try", **form).status_code == 422


def test_markup_in_a_tried_text_stays_words(maya: Person) -> None:
    page = maya.post("/try", question="<script>alert(1)</script> personal loan").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
