"""Conversations: sealed under a key of their own, in order, erased by destroying the key."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from app.conversations.errors import ConversationErased, ConversationNotFound, SealBroken
from app.conversations.service import ConversationService
from app.conversations.tables import ConversationKeyRow, MessageRow
from app.conversations.types import ConversationState, MessageRole, Vote
from app.db.session import Database
from app.evidence.audit import Ledger
from app.evidence.tables import AuditEntryRow
from knowledge_bases.schema import Language
from tests.app.worlds import add_institution, an_institution, start_conversation

BANK = "harbour-bank"
SECRET = "我的戶口號碼係 [ACCOUNT]，年費幾多？"


@pytest.fixture
def conversation(database: Database, ledger: Ledger) -> str:
    with database.write() as session:
        add_institution(session, ledger)
        return ConversationService(session, BANK, ledger).start(Language.ZH_HANT, "http://localhost:8000").id


def say(database: Database, ledger: Ledger, conversation_id: str, words: str, answer_id: str | None = None) -> None:
    role = MessageRole.CUSTOMER if answer_id is None else MessageRole.ASSISTANT
    with database.write() as session:
        ConversationService(session, BANK, ledger).say(conversation_id, role, words, answer_id)


def transcript(database: Database, ledger: Ledger, conversation_id: str) -> list[tuple[int, str]]:
    with database.read() as session:
        messages = ConversationService(session, BANK, ledger).transcript(conversation_id)
    return [(message.seq, message.text) for message in messages]


def test_messages_read_back_in_order(database: Database, ledger: Ledger, conversation: str) -> None:
    for words in (SECRET, "", "third"):
        say(database, ledger, conversation, words)
    assert transcript(database, ledger, conversation) == [(1, SECRET), (2, ""), (3, "third")]


def test_no_word_is_stored_readable(database: Database, ledger: Ledger, conversation: str) -> None:
    say(database, ledger, conversation, SECRET)
    with database.read() as session:
        [row] = session.exec(select(MessageRow)).all()
        assert SECRET.encode() not in row.ciphertext + row.nonce


def test_two_messages_at_once_get_two_numbers(database: Database, ledger: Ledger, conversation: str) -> None:
    failures: list[BaseException] = []

    def talk(name: str) -> None:
        try:
            for index in range(5):
                say(database, ledger, conversation, f"{name}{index}")
        except BaseException as error:
            failures.append(error)

    speakers = [threading.Thread(target=talk, args=(name,)) for name in "abc"]
    for speaker in speakers:
        speaker.start()
    for speaker in speakers:
        speaker.join()
    assert failures == []
    assert [seq for seq, _ in transcript(database, ledger, conversation)] == list(range(1, 16))


def test_messages_of_one_unit_of_work_are_numbered_before_any_is_sent_to_the_database(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    say(database, ledger, conversation, "first")
    with database.write() as session:
        service = ConversationService(session, BANK, ledger)
        service.say(conversation, MessageRole.CUSTOMER, "second")
        ConversationService(session, BANK, ledger).say(conversation, MessageRole.ASSISTANT, "third", "a" * 32)
        assert service.length(conversation) == 3
    assert transcript(database, ledger, conversation) == [(1, "first"), (2, "second"), (3, "third")]


def test_a_conversation_that_is_held_is_what_became_of_it_in_this_unit_of_work(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    with database.write() as session:
        service = ConversationService(session, BANK, ledger)
        assert service.held(conversation).state is ConversationState.ASSISTANT
        service.hand_to_human(conversation)
        assert service.held(conversation).state is service.get(conversation).state is ConversationState.HUMAN


def test_nothing_is_said_after_the_key_was_destroyed_in_the_same_unit_of_work(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    with database.write() as session:
        service = ConversationService(session, BANK, ledger)
        service.say(conversation, MessageRole.CUSTOMER, SECRET)
        service.erase(conversation, "an officer")
        with pytest.raises(ConversationErased):
            service.say(conversation, MessageRole.CUSTOMER, SECRET)


def test_a_message_moved_to_another_conversation_does_not_open(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    say(database, ledger, conversation, SECRET)
    with database.write() as session:
        other = ConversationService(session, BANK, ledger).start(Language.EN, "cli").id
        session.execute(text("UPDATE message SET conversation_id = :id"), {"id": other})
    with pytest.raises(SealBroken):
        transcript(database, ledger, other)


def test_a_key_moved_to_another_conversation_opens_nothing(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    with database.write() as session:
        other = ConversationService(session, BANK, ledger).start(Language.EN, "cli").id
        rows = {row.conversation_id: row for row in session.exec(select(ConversationKeyRow))}
        rows[other].wrapped_key = rows[conversation].wrapped_key
    with pytest.raises(SealBroken):
        say(database, ledger, other, "anything")


def test_an_erased_conversation_can_neither_be_read_nor_continued(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    say(database, ledger, conversation, SECRET)
    with database.write() as session:
        ConversationService(session, BANK, ledger).erase(conversation, by="operator-1")
    with pytest.raises(ConversationErased):
        transcript(database, ledger, conversation)
    with pytest.raises(ConversationErased):
        say(database, ledger, conversation, "more")


def test_erasing_again_is_done_already(database: Database, ledger: Ledger, conversation: str) -> None:
    for _ in range(2):
        with database.write() as session:
            ConversationService(session, BANK, ledger).erase(conversation, by="operator-1")
    with database.read() as session:
        actions = [entry.action for entry in session.exec(select(AuditEntryRow))]
    assert actions.count("conversation:erase:done") == 1


def test_a_destroyed_key_is_found_nowhere_in_the_sqlite_file(sqlite_database: Database, ledger: Ledger) -> None:
    """PostgreSQL overwrites at its next vacuum."""
    with sqlite_database.write() as session:
        add_institution(session, ledger)
        several = [start_conversation(session, BANK, ledger) for _ in range(9)]
        keys = {row.conversation_id: row.wrapped_key or b"" for row in session.exec(select(ConversationKeyRow))}
    path = Path(str(sqlite_database.engine.url.database))
    erased, kept = several[:5], several[5:]
    assert all(key in stored_bytes(sqlite_database, path) for key in keys.values())
    for conversation in erased:
        with sqlite_database.write() as session:
            ConversationService(session, BANK, ledger).erase(conversation, by="operator-1")
    left = stored_bytes(sqlite_database, path)
    assert [keys[conversation] in left for conversation in erased] == [False] * 5
    assert all(keys[conversation] in left for conversation in kept)


def stored_bytes(database: Database, path: Path) -> bytes:
    """The database file once its write-ahead log was folded in."""
    connection = database.engine.raw_connection()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


def test_the_last_vote_on_an_answer_counts(database: Database, ledger: Ledger, conversation: str) -> None:
    say(database, ledger, conversation, "an answer", "answer-1")
    for vote in (Vote.UP, Vote.DOWN):
        with database.write() as session:
            ConversationService(session, BANK, ledger).vote(conversation, "answer-1", vote)
    with database.read() as session:
        assert ConversationService(session, BANK, ledger).votes(conversation) == {"answer-1": Vote.DOWN}


def test_nobody_votes_on_an_answer_of_another_conversation(
    database: Database, ledger: Ledger, conversation: str
) -> None:
    say(database, ledger, conversation, "an answer", "answer-1")
    with database.write() as session:
        other = ConversationService(session, BANK, ledger).start(Language.EN, "cli").id
        with pytest.raises(ConversationNotFound):
            ConversationService(session, BANK, ledger).vote(other, "answer-1", Vote.UP)


def test_a_person_takes_over_once_and_may_hand_back(database: Database, ledger: Ledger, conversation: str) -> None:
    with database.write() as session:
        conversations = ConversationService(session, BANK, ledger)
        assert [conversations.hand_to_human(conversation) for _ in range(2)] == [True, False]
        assert conversations.get(conversation).state is ConversationState.HUMAN
        assert conversations.hand_back(conversation)
        assert conversations.get(conversation).state is ConversationState.ASSISTANT


def test_another_institution_finds_nothing_of_it(database: Database, ledger: Ledger, conversation: str) -> None:
    with database.write() as session:
        add_institution(session, ledger, an_institution("other-bank"))
        foreign = ConversationService(session, "other-bank", ledger)
        assert foreign.recent() == ()
        for attempt in (
            lambda: foreign.get(conversation),
            lambda: foreign.transcript(conversation),
            lambda: foreign.say(conversation, MessageRole.CUSTOMER, "hello"),
            lambda: foreign.erase(conversation, by="x"),
            lambda: foreign.hand_to_human(conversation),
        ):
            with pytest.raises(ConversationNotFound):
                attempt()
