from __future__ import annotations

import pytest

from app.db.session import Database
from app.evidence.audit import Ledger
from tests.app.handover.counter import OTHER, Counter, open_bank
from tests.app.worlds import add_institution


@pytest.fixture
def counter(database: Database, ledger: Ledger) -> Counter:
    """An open bank on a Monday morning, and another one."""
    with database.write() as session:
        for bank in (open_bank(), open_bank(OTHER)):
            add_institution(session, ledger, bank)
    return Counter(database, ledger)
