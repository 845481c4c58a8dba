"""Users of the desk: made, changed, disabled. Whatever weakens or moves a right ends the user's other sessions (F2)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.accounts import signin
from service.accounts.models import Role, User
from service.core import audit, clock, zones
from service.core.errors import Conflict, Invalid, NotFound
from service.core.i18n import LANGUAGES

LONGEST_NAME, LONGEST_EMAIL = 120, 254


class LastOperator(Conflict):
    """Somebody must remain who can run the desk."""


def create(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    role: Role = Role.EDITOR,
    language: str = "ko",
    zone: str = "America/Los_Angeles",
    by: int | None = None,
) -> User:
    """A new user; `password_hash` comes from `passwords.hashed`, made before the transaction. Raises Invalid, Conflict."""
    email = normal_email(email)
    if session.scalar(select(User.id).where(User.email == email)) is not None:
        raise Conflict("{email} already has an account.", remedy="Open it in the list of users.", email=email)
    user = User(
        email=email,
        name=_name(name),
        password_hash=password_hash,
        role=role,
        language=_language(language),
        zone=_zone(zone),
        is_disabled=False,
        created_at=clock.now(),
    )
    session.add(user)
    session.flush()
    audit.record(session, "user.created", user_id=by, noun_id=user.id, role=role.value)
    return user


def set_password(session: Session, user_id: int, password_hash: str, *, by: int | None, keep: str | None = None) -> None:
    """Give a new password and end every session but `keep` (a token hash)."""
    get(session, user_id).password_hash = password_hash
    signin.end_all(session, user_id, but=keep)
    audit.record(session, "user.password_changed", user_id=by, noun_id=user_id)


def set_role(session: Session, user_id: int, role: Role, *, by: int | None) -> None:
    """Change what a user may do; the user signs in again. Raises LastOperator."""
    user = get(session, user_id)
    if user.role is role:
        return
    if user.role is Role.OPERATOR:
        _refuse_last_operator(session, user)
    audit.record(session, "user.role_changed", user_id=by, noun_id=user_id, role=role.value, before=user.role.value)
    user.role = role
    signin.end_all(session, user_id)


def disable(session: Session, user_id: int, *, by: int | None) -> None:
    """Keep a user out at once. Raises LastOperator."""
    user = get(session, user_id)
    if user.is_disabled:
        return
    _refuse_last_operator(session, user)
    user.is_disabled = True
    signin.end_all(session, user_id)
    audit.record(session, "user.disabled", user_id=by, noun_id=user_id)


def enable(session: Session, user_id: int, *, by: int | None) -> None:
    """Let a user in again."""
    get(session, user_id).is_disabled = False
    audit.record(session, "user.enabled", user_id=by, noun_id=user_id)


def describe(session: Session, user_id: int, *, name: str, language: str, zone: str) -> None:
    """Change how a user is named and in which language and zone the desk speaks. Raises Invalid."""
    user = get(session, user_id)
    user.name, user.language, user.zone = _name(name), _language(language), _zone(zone)


def want_reports(session: Session, user_id: int, wanted: bool) -> None:
    """Whether each issue's report comes by mail on the morning after."""
    get(session, user_id).gets_reports = wanted


def get(session: Session, user_id: int) -> User:
    """The user. Raises NotFound."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user.", remedy="The list of users shows everyone.")
    return user


def normal_email(email: str) -> str:
    """The address as it is kept: without spaces, in lower case. Raises Invalid."""
    email = email.strip().casefold()
    local, at, domain = email.rpartition("@")
    if not at or not local or "." not in domain or len(email) > LONGEST_EMAIL or not email.isprintable() or " " in email:
        raise Invalid("This is not an e-mail address: {email}", remedy="Write it like name@example.com.", email=email)
    return email


def _refuse_last_operator(session: Session, user: User) -> None:
    others = select(User.id).where(User.role == Role.OPERATOR, User.is_disabled.is_(False), User.id != user.id).with_for_update()
    if user.role is Role.OPERATOR and not session.scalars(others).all():
        raise LastOperator("{name} is the only operator.", remedy="Make somebody else an operator first.", name=user.name)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid("A name has 1 to {longest} characters.", remedy="Write the name that colleagues use.", longest=LONGEST_NAME)
    return name


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise Invalid("There is no such language: {language}", remedy="Choose Korean or English.", language=language)
    return language


def _zone(zone: str) -> str:
    if zone not in zones.names():
        raise Invalid("There is no such time zone: {zone}", remedy="Write it like Asia/Seoul.", zone=zone)
    return zone
