"""User names: one form, so that two on a screen are two people, and none that histories use for no person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app
from app.staff.demo import DEMO_LOGINS
from app.staff.errors import NameRefused
from app.staff.names import NO_PERSON, check_username


@pytest.mark.parametrize("name", ["mei", "li", "mei.wong@my-bank.example", "s_12345", "0" * 64])
def test_names_and_staff_numbers_and_addresses_are_taken(name: str) -> None:
    check_username(name, demo=False)


@pytest.mark.parametrize(
    "name",
    ["", "m", "Mei", "mei ", " mei", "mei\n", "m ei", "m\u0435i", "\u9673\u5927\u6587", ".mei", "mei-", "0" * 65],
)
def test_what_looks_like_another_name_or_like_none_is_refused(name: str) -> None:
    with pytest.raises(NameRefused, match="can't be a user name"):
        check_username(name, demo=False)


def test_the_names_of_demo_accounts_are_theirs() -> None:
    for login in DEMO_LOGINS:
        check_username(login.username, demo=True)
        with pytest.raises(NameRefused, match="demo accounts"):
            check_username(login.username, demo=False)


def test_no_person_is_named_like_what_acts_by_itself() -> None:
    sources = "\n".join(path.read_text() for path in Path(app.__file__).parent.rglob("*.py"))
    acting = set(re.findall(r'^BY = "([a-z]+)"$', sources, re.MULTILINE))
    assert acting
    assert acting <= NO_PERSON
    for name in NO_PERSON:
        with pytest.raises(NameRefused, match="no person"):
            check_username(name, demo=False)
