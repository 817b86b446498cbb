"""The small bank with its staff, a console and the staff's API, and an answer that waits for a person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from app.answering.types import Answer
from app.api.problems import add_problem_responses
from app.api.staff import add_staff_routes
from app.assistant.ports import Role as Speaker
from app.cases.types import Case
from app.console.desk import Answering, Desk
from app.console.mount import mount_console
from app.console.session import SESSION_COOKIE
from app.staff.service import StaffService
from app.staff.types import Role, Ticket
from knowledge_bases.schema import Language
from tests.app.assistant.test_releasing import CARDS, rule
from tests.app.small_bank import BANK, FEE_QUESTION, RIVAL, SmallBank

STAFF = {
    "rita": (BANK, Role.REVIEWER),
    "hugo": (BANK, Role.HEAD),
    "ada": (BANK, Role.AUDITOR),
    "maya": (BANK, Role.MAKER),
    "mallory": (RIVAL, Role.REVIEWER),
}
PASSWORD = "a phrase that is long enough"
REWORDED = "The Gold Card has an annual fee of HK$720."


@dataclass(frozen=True)
class HeldDesk:
    """Who works there, by user name, and their ways in."""

    bank: SmallBank
    app: FastAPI
    tickets: dict[str, Ticket]

    @classmethod
    def of(cls, bank: SmallBank) -> HeldDesk:
        """A bank that holds answers about cards."""
        rule(bank, CARDS)
        with bank.foundation.database.write() as session:
            service, tickets = StaffService(session, bank.foundation.ledger), {}
            for name, (institution, role) in STAFF.items():
                account = service.create_account(name, PASSWORD, by="tests")
                service.grant(account, institution, role, by="tests")
                tickets[name] = service.open_session(account, 3600)
        app = FastAPI()
        platform = bank.platform
        answering = Answering(platform.knowledge, platform.parts)
        app.state.desk = Desk(bank.foundation, answering=answering, known_rulebooks=platform.rulebooks)
        add_problem_responses(app)
        add_staff_routes(app)
        mount_console(app, app.state.desk)
        return cls(bank, app, tickets)

    async def hold(self, language: Language = Language.EN) -> str:
        """A conversation in which an answer waits."""
        conversation = self.bank.platform.assistant.open_conversation(BANK, language, "test")
        await self.bank.ask(FEE_QUESTION, conversation=conversation, language=language)
        return conversation

    @property
    def case(self) -> Case:
        """The one that waits."""
        (case,) = self.bank.cases()
        return case

    def said(self, conversation: str) -> list[Answer]:
        transcript = self.bank.platform.assistant.transcript(BANK, conversation)
        return [message.answer for message in transcript if message.role is Speaker.ASSISTANT and message.answer]

    def page(self, name: str, path: str = "", **form: object) -> Response:
        """A page of the cases as ``name`` sees it; with ``form``, what it answers to that form."""
        ticket = self.tickets[name]
        with TestClient(self.app, follow_redirects=False, cookies={SESSION_COOKIE: ticket.token}) as client:
            address = f"/console/{BANK}/cases{path}"
            return client.post(address, data={"csrf": ticket.csrf_token, **form}) if form else client.get(address)

    def release(self, by: str = "hugo") -> Response:
        """The case that waits, approved in the console as somebody proposed it."""
        proposal = hidden(self.page(by, f"/{self.case.id}").text, "proposal")
        return self.page(by, f"/{self.case.id}/decision", decision="approve", proposal=proposal)

    def decline(self, reason: str, by: str = "rita") -> Response:
        """The case that waits, declined in the console: somebody else proposes it, ``by`` confirms."""
        address, proposer = f"/{self.case.id}", "hugo" if by == "rita" else "rita"
        self.page(proposer, f"{address}/proposal", step="propose-rejection", reason=reason)
        proposal = hidden(self.page(by, address).text, "proposal")
        return self.page(by, f"{address}/decision", decision="reject", proposal=proposal)

    def api(self, name: str, method: str, path: str = "", body: object = None) -> Response:
        headers = {"Authorization": f"Bearer {self.tickets[name].token}"}
        with TestClient(self.app, raise_server_exceptions=False) as client:
            return client.request(method, f"/v1/institutions/{BANK}/cases{path}", json=body, headers=headers)


def ticked(page: str) -> dict[str, list[str]]:
    """The sources that are ticked in a form, by field."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([a-z]+-\d+-source)" value="([^"]+)" checked', page):
        fields.setdefault(name, []).append(value)
    return fields


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]
