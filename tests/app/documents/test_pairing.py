"""Looking for what a version disagrees with: at publication, or later where it was not, or not by these rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import delete, select

from app.documents import figure_pairs
from app.documents.pairing import pair_new
from app.documents.service import DocumentService
from app.documents.tables import ComparedVersionRow, DisagreementRow
from knowledge_bases.schema import Language, VersionInfo, VersionKey
from tests.app.assistant.test_figures_differ import card_notice, publish
from tests.app.small_bank import BANK, FEES, SmallBank

VERSIONS = 6  # of the small bank, with the notice


def kept(bank: SmallBank) -> dict[str, object]:
    with bank.foundation.database.read() as session:
        return {row.id: row.found_at for row in session.exec(select(DisagreementRow))}


def test_what_was_published_without_being_looked_through_is_found_later(small_bank: SmallBank, tmp_path: Path) -> None:
    card_notice(small_bank, tmp_path)
    found = set(kept(small_bank))
    assert found
    with small_bank.foundation.database.write() as session:
        session.exec(delete(ComparedVersionRow))
        session.exec(delete(DisagreementRow))
    assert pair_new(small_bank.foundation, BANK) == VERSIONS
    assert set(kept(small_bank)) == found
    assert pair_new(small_bank.foundation, BANK) == 0


def test_other_rules_look_again_and_forget_what_they_do_not_find(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card_notice(small_bank, tmp_path)
    before = kept(small_bank)
    monkeypatch.setattr(figure_pairs, "RULES", figure_pairs.RULES + 1)
    assert pair_new(small_bank.foundation, BANK) == VERSIONS
    assert kept(small_bank) == before  # found when they were first found: a replay of before knows them still
    monkeypatch.setattr(figure_pairs, "RULES", figure_pairs.RULES + 1)
    monkeypatch.setattr("app.documents.pairing.disagreements", lambda *_: ())
    pair_new(small_bank.foundation, BANK)
    assert kept(small_bank) == {}


def test_a_publication_goes_through_where_looking_fails(
    small_bank: SmallBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise RuntimeError("no memory left")

    with monkeypatch.context() as patched:
        patched.setattr("app.documents.release.pair_new", fails)
        card_notice(small_bank, tmp_path)
    assert kept(small_bank) == {}
    assert pair_new(small_bank.foundation, BANK) == 1
    assert kept(small_bank)


def test_a_version_whose_text_is_gone_is_left_for_later(small_bank: SmallBank, tmp_path: Path) -> None:
    with small_bank.foundation.database.read() as session:
        fees = DocumentService(session, BANK, small_bank.foundation.ledger).get(FEES)
    (path,) = (small_bank.home / "files").rglob(f"*{(fees.parse_sha256 or '')[8:]}*")
    text = path.read_bytes()
    path.unlink()
    with small_bank.foundation.database.write() as session:
        session.exec(delete(ComparedVersionRow))
    assert pair_new(small_bank.foundation, BANK) == VERSIONS - 2
    path.write_bytes(text)
    assert pair_new(small_bank.foundation, BANK) == 1


def test_only_documents_that_may_speak_of_the_same_are_held_against_each_other(
    small_bank: SmallBank, tmp_path: Path
) -> None:
    info = VersionInfo(VersionKey("other", "1"), "Card Notice", Language.EN, product="insurance")
    publish(small_bank, tmp_path, "# Notice\n\nThe annual fee of the Gold Card is HK$880.\n", info)
    assert kept(small_bank) == {}
