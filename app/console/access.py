"""Who may open which page. The order is always: logged in, of this institution, in a role that may, with our own form.

What is not allowed is told before anything of a request's body is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from app.console.desk import Desk, desk_of
from app.console.errors import BadForm, ForgedForm, FormTooLarge, LoginNeeded, NotHere, RoleNeeded
from app.console.session import SESSION_COOKIE, same
from app.institutions.service import InstitutionService
from app.plain_text import unseen
from app.staff.service import StaffService
from app.staff.types import Identity, Role
from knowledge_bases.schema import Institution

CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
FORM_BYTES = 1024 * 1024  # a text far above its field's limit is still read, so that the field says so


@dataclass(frozen=True)
class Member:
    """A logged-in person within the institution whose page they asked for; ``institutions`` are all theirs, by id."""

    identity: Identity
    institution: Institution
    institutions: tuple[Institution, ...]
    roles: frozenset[Role]

    def may(self, *roles: Role) -> bool:
        """Whether one of ``roles`` is held."""
        return not self.roles.isdisjoint(roles)


def visitor(request: Request) -> Identity:
    """Who is logged in.

    Raises:
        LoginNeeded: nobody.
    """
    desk = desk_of(request)
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        raise LoginNeeded
    with desk.database.read() as session:
        identity = StaffService(session, desk.ledger).identify(token)
    if identity is None:
        raise LoginNeeded
    return identity


def member(request: Request, institution: str, identity: Annotated[Identity, Depends(visitor)]) -> Member:
    """The visitor as a member of the institution in the address."""
    return member_of(desk_of(request), institution, identity)


def member_of(desk: Desk, institution_id: str, identity: Identity) -> Member:
    """Somebody who is logged in as a member of an institution.

    Raises:
        NotHere: they don't belong to it, or there is none.
    """
    with desk.database.read() as session:
        known = InstitutionService(session, desk.ledger).all()
    own = {each.id: each for each in known if identity.roles_in(each.id)}
    if institution_id not in own:
        raise NotHere
    return Member(identity, own[institution_id], tuple(own.values()), identity.roles_in(institution_id))


AnyMember = Annotated[Member, Depends(member)]


def required(member: Member, *roles: Role) -> Member:
    """The member, who holds one of ``roles``.

    Raises:
        RoleNeeded: none of them.
    """
    if not member.may(*roles):
        raise RoleNeeded(roles)
    return member


def needs(*roles: Role) -> Callable[[Member], Member]:
    """A dependency: the member, who holds one of ``roles``."""

    def holder(member: AnyMember) -> Member:
        return required(member, *roles)

    return holder


@dataclass(frozen=True)
class Submission:
    """A form sent by a member in a role that may, from a page of ours."""

    member: Member
    form: FormData

    def text(self, name: str) -> str:
        """As ``typed``, of a field that goes on to the database or to other people.

        Raises:
            BadForm: it holds characters that a reader does not see.
        """
        value = self.typed(name)
        if found := unseen(value):
            raise BadForm(f"“{name.replace('_', ' ')}” holds a character that nobody sees ({found}). Type it again.")
        return value

    def typed(self, name: str) -> str:
        """The field ``name`` as it was typed, without blanks around it; empty where it is missing.

        Browsers send a line break as two characters and count it as one against a field's limit; so do we.
        """
        value = self.form.get(name)
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def file(self, name: str) -> UploadFile | None:
        """The file chosen in field ``name``, if one was."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def files(self, name: str) -> tuple[UploadFile, ...]:
        """All files chosen in field ``name``, in the browser's order."""
        return tuple(v for v in self.form.getlist(name) if isinstance(v, UploadFile) and v.filename)


@dataclass(frozen=True)
class FormLimits:
    """How large a form may be; more fields or files than a form of ours has are not read."""

    size_bytes: int = FORM_BYTES
    fields: int = 40
    files: int = 1


def posted(*roles: Role, limits: FormLimits = FormLimits()) -> Callable[..., Awaitable[Submission]]:
    """A dependency: the form sent by a member who holds one of ``roles``."""

    holder = Depends(needs(*roles))

    async def submission(request: Request, member: Member = holder) -> Submission:
        return Submission(member, await checked_form(request, member.identity, limits))

    return submission


def uploaded(*roles: Role) -> Callable[..., Awaitable[Submission]]:
    """As ``posted``, for a form that carries a file."""

    holder = Depends(needs(*roles))

    async def submission(request: Request, member: Member = holder) -> Submission:
        limits = FormLimits(desk_of(request).settings.max_upload_bytes + FORM_BYTES)
        return Submission(member, await checked_form(request, member.identity, limits))

    return submission


async def checked_form(request: Request, identity: Identity, limits: FormLimits) -> FormData:
    """The fields of a form that carries the session's token, in a field or in a header.

    Raises:
        FormTooLarge: it is larger than ``limits`` allow or does not say how large it is.
        ForgedForm: it does not carry the token.
    """
    sent = request.headers.get(CSRF_HEADER)
    if sent is not None and not same(sent, identity.csrf_token):
        raise ForgedForm
    form = await bounded_form(request, limits)
    if not same(sent or form.get(CSRF_FIELD), identity.csrf_token):
        raise ForgedForm
    return form


async def bounded_form(request: Request, limits: FormLimits) -> FormData:
    """The fields of a form, read only if its announced length allows; the server holds senders to that length.

    Raises:
        FormTooLarge: it is larger than ``limits`` allow or does not say how large it is.
    """
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > limits.size_bytes:
        with_file = request.headers.get("content-type", "").startswith("multipart/")
        raise FormTooLarge(limits.size_bytes, with_file=with_file)
    return await request.form(max_files=limits.files, max_fields=limits.fields)
