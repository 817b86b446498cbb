"""One table from the errors of all packages to what a caller sees: a status, a title and an exit code.

The detail is the error's own message where it is safe to show (it names what was asked for, never stored text).
Ingestion's errors are not here: only the worker knows them, and stores their one sentence with the version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.answering.errors import ComposerUnavailable, PersonHasConversation, RulebookReplaced
from app.answering.models.errors import ModelUnavailable
from app.api_keys.errors import KeyMissing, KeyOver, KeyUnknown, KeyWrong, LimitReached, ScopeMissing
from app.assistant.errors import TooManyMessages, TurnsUnread
from app.batches.errors import BatchChanged, BatchClosed, BatchRefused
from app.cases.errors import (
    AnsweredAhead,
    CaseDecided,
    EditRefused,
    NeverAnswered,
    NoComplaint,
    NotLookedAt,
    NotProposed,
    NotReleasable,
    OneDecides,
    ReasonRequired,
    ReasonTooLong,
    SecondReviewerNeeded,
)
from app.conversations.errors import ConversationErased, SealBroken
from app.db.errors import DatabaseAway, MissingInstitution, RowNotFound
from app.documents.errors import (
    EmbeddedOtherwise,
    FactsChanged,
    FactsDiffer,
    FileDamaged,
    FileMissing,
    FourEyesRequired,
    HiddenUnseen,
    IngestionOver,
    NotComplete,
    ReasonMissing,
    VersionExists,
    WrongEnd,
    WrongStatus,
)
from app.evidence.errors import CheckpointError, CitationsChanged, CitedVersionWithdrawn
from app.handover.errors import HandoverError, ReplyEmpty, ReplyTooLong
from app.institutions.errors import InstitutionExists, SnapshotMoved, UnknownInstitution
from app.keys import KeyFileError
from app.removal.errors import FileRemoved, SnapshotRemoved
from app.rules.errors import ChangeNotFound as RuleChangeNotFound
from app.rules.errors import RulebookNotKept, RulesError, SecondPersonNeeded
from app.settings import SettingsError
from app.staff.errors import AccountExists, AccountNotFound, DemoAccount, NameAsPassword, NameRefused, WeakPassword
from app.switches.errors import ChangeNotFound as TopicChangeNotFound
from app.switches.errors import ReadOnly, SecondDeciderNeeded, SwitchesChanged, SwitchesError
from app.webhooks.errors import AddressRefused, KindUnknown, PayloadRefused, TooManyWebhooks
from guardrails.errors import FlowError, GuardrailError
from knowledge_bases.errors import InstitutionFileError
from retrieval.errors import RetrievalError

FAILED, USAGE = 1, 2


@dataclass(frozen=True)
class Problem:
    """``status`` for HTTP problem responses (RFC 9457), ``exit_code`` for the command line.

    ``shows_detail``: whether the error's message may go to whoever asked. ``retry_after_s``: when it may be over.
    ``names_scheme``: how to say who one is, as every 401 has to.
    """

    status: int
    title: str
    exit_code: int = FAILED
    shows_detail: bool = True
    retry_after_s: int | None = None
    names_scheme: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What an HTTP response says beside its status."""
        retry = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        return {**retry, **({"WWW-Authenticate": "Bearer"} if self.names_scheme else {})}


UNEXPECTED = Problem(500, "Something went wrong here", shows_detail=False)

PROBLEMS: dict[type[Exception], Problem] = {
    UnknownInstitution: Problem(404, "No such institution", USAGE),
    RowNotFound: Problem(404, "Not found", USAGE),
    AccountNotFound: Problem(404, "Not found", USAGE),
    ConversationErased: Problem(410, "Erased"),
    SnapshotRemoved: Problem(410, "Removed by retention"),
    FileRemoved: Problem(410, "Removed"),
    InstitutionExists: Problem(409, "Added before"),
    VersionExists: Problem(409, "The version exists"),
    FactsDiffer: Problem(409, "The version has other facts"),
    WrongStatus: Problem(409, "Not possible now"),
    FactsChanged: Problem(409, "Changed by somebody else first"),
    IngestionOver: Problem(409, "It is not being read any more"),
    BatchChanged: Problem(409, "The table was changed elsewhere"),
    BatchClosed: Problem(409, "Taken in already"),
    BatchRefused: Problem(422, "Rows need another look"),
    CaseDecided: Problem(409, "Decided before"),
    NoComplaint: Problem(409, "No complaint"),
    NeverAnswered: Problem(409, "Never answered"),
    AnsweredAhead: Problem(422, "Day to come"),
    NotReleasable: Problem(409, "It can't be released now"),
    EditRefused: Problem(422, "The edited answer can't go out"),
    SecondReviewerNeeded: Problem(403, "A second person is needed"),
    OneDecides: Problem(409, "One person decides it"),
    NotProposed: Problem(409, "Not what was looked at"),
    NotLookedAt: Problem(409, "It was not looked at"),
    AccountExists: Problem(409, "The name is taken"),
    DemoAccount: Problem(409, "It is a demo account"),
    NameRefused: Problem(422, "That can't be a user name"),
    NameAsPassword: Problem(422, "The password is the user name"),
    SnapshotMoved: Problem(409, "Published by somebody else first"),
    CitedVersionWithdrawn: Problem(409, "A cited document was withdrawn"),
    ReadOnly: Problem(409, "Read-only is switched on"),
    SecondDeciderNeeded: Problem(403, "A second person is needed"),
    SwitchesChanged: Problem(409, "A switch was turned meanwhile"),
    SwitchesError: Problem(422, "That can't be switched"),
    RulebookReplaced: Problem(409, "Other rules came into force"),
    PersonHasConversation: Problem(409, "A person has this conversation"),
    HandoverError: Problem(409, "Not possible now"),
    ReplyEmpty: Problem(422, "A reply is needed"),
    ReplyTooLong: Problem(422, "The reply is too long"),
    TooManyMessages: Problem(429, "Too many messages"),
    TurnsUnread: Problem(503, "The guardrails are not available", retry_after_s=1),
    KeyMissing: Problem(401, "An API key is needed", names_scheme=True),
    KeyUnknown: Problem(401, "The API key is not known", names_scheme=True),
    KeyOver: Problem(401, "The API key is not good any more", names_scheme=True),
    ScopeMissing: Problem(403, "The API key does not open this"),
    LimitReached: Problem(429, "Too many requests"),
    KeyWrong: Problem(422, "The key can't be made like that", USAGE),
    AddressRefused: Problem(422, "Events may not be sent there", USAGE),
    KindUnknown: Problem(422, "No such kind of event", USAGE),
    TooManyWebhooks: Problem(409, "Too many webhooks"),
    PayloadRefused: UNEXPECTED,
    SecondPersonNeeded: Problem(403, "A second person is needed"),
    RuleChangeNotFound: Problem(404, "Not found"),
    TopicChangeNotFound: Problem(404, "Not found"),
    RulebookNotKept: Problem(404, "Not found"),
    RulesError: Problem(409, "Not possible now"),
    FourEyesRequired: Problem(403, "A second person is needed"),
    HiddenUnseen: Problem(409, "Hidden text was not looked at"),
    NotComplete: Problem(422, "Facts are missing"),
    ReasonMissing: Problem(422, "A reason is needed"),
    EmbeddedOtherwise: Problem(409, "Being embedded again"),
    WrongEnd: Problem(422, "The day is not possible"),
    ReasonRequired: Problem(422, "A reason is needed"),
    ReasonTooLong: Problem(422, "The reason is too long"),
    WeakPassword: Problem(422, "The password is too short"),
    InstitutionFileError: Problem(422, "The institution's file is wrong"),
    DatabaseAway: Problem(503, "The database does not answer", retry_after_s=10),
    ComposerUnavailable: Problem(503, "The model is not available"),
    ModelUnavailable: Problem(503, "The model is not available"),
    RetrievalError: Problem(503, "The index is not available", shows_detail=False),
    FlowError: Problem(422, "A flow of the institution is wrong"),
    GuardrailError: Problem(503, "The guardrails are not available", shows_detail=False),
    FileMissing: Problem(500, "A stored file is missing", shows_detail=False),
    FileDamaged: Problem(500, "A stored file is damaged", shows_detail=False),
    SealBroken: Problem(500, "A stored record is damaged", shows_detail=False),
    CitationsChanged: Problem(500, "A stored record is damaged", shows_detail=False),
    CheckpointError: Problem(500, "The checkpoints can't be used", shows_detail=False),
    KeyFileError: Problem(500, "The master key can't be used", shows_detail=False),
    MissingInstitution: UNEXPECTED,
    SettingsError: Problem(500, "The settings are wrong", USAGE, shows_detail=False),
}


def problem_of(error: BaseException) -> Problem:
    """The problem an error maps to: its own, its nearest ancestor's, or UNEXPECTED."""
    found = next((PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS), UNEXPECTED)
    return replace(found, retry_after_s=error.retry_after_s) if isinstance(error, LimitReached) else found
