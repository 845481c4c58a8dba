"""Signing in and out, and one's own account."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import BooleanField, PasswordField, StringField

from service.accounts import passwords, queries, signin, users
from service.core import zones
from service.core.errors import Invalid
from service.core.i18n import LANGUAGES, NAMES
from service.web import security
from service.web.access import current_user, editor, public, safe_path, session_token, signed_in_user
from service.web.forms import ChoiceField, Form, longest, required
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, runtime, writing

blueprint = Blueprint("signin", __name__)

CREATE_COMMAND = "pressrun users create"
WRONG = "The address or the password is not right."


class SignInForm(Form):
    email = StringField("E-mail", [required("Write your e-mail address."), longest(254)])
    password = PasswordField("Password", [required("Write your password.")])


class AccountForm(Form):
    name = StringField("Name", [required("Write your name."), longest(users.LONGEST_NAME)])
    language = ChoiceField("Language of the desk", choices=[(code, NAMES[code], True) for code in LANGUAGES])
    zone = StringField("Your time zone", [required("Write it like Asia/Seoul.")])
    gets_reports = BooleanField("Mail me each issue's report on the morning after")


class PasswordForm(Form):
    current = PasswordField("Present password", [required("Write your present password.")])
    new = PasswordField("New password", [required("Write a new password.")])


@blueprint.get("/")
@public
def root() -> AnyResponse:
    """The desk is all there is at the root."""
    return redirect("/admin")


@blueprint.get("/admin/sign-in")
@public
def form() -> AnyResponse | str:
    """The sign-in page; says how to make a first user where there is none."""
    if current_user() is not None:
        return redirect("/admin")
    return _page(SignInForm())


@blueprint.post("/admin/sign-in")
@public
def sign_in() -> AnyResponse:
    """Count the try, check the password outside any transaction, then begin a session. The same work for known and unknown (F1, F11)."""
    filled = SignInForm()
    if not filled.validate():
        return make_response(_page(filled), 422)
    key = signin.try_key(runtime().signer, filled.email.data, request.remote_addr or "")
    try:
        with writing() as database:
            signin.admit(database, key)
            secret = queries.secret(database, filled.email.data)
    except signin.TooManyTries as refusal:
        return make_response(_page(filled, " ".join(refusal_texts(refusal))), 429)
    token = _begin(secret, filled.password.data, key)
    if token is None:
        return make_response(_page(filled, translate(WRONG)), 422)
    session.clear()  # a new token for forms, too
    answer = redirect(safe_path(request.form.get("next"), "/admin"), code=303)
    return _with_session(answer, token)


@blueprint.post("/admin/sign-out")
@editor
def sign_out() -> AnyResponse:
    """End this session on the server and in the browser."""
    with writing() as database:
        signin.end(database, session_token())
    session.clear()
    answer = redirect(url_for("signin.form"), code=303)
    answer.delete_cookie(
        security.cookie_name(runtime().settings, "session"), secure=runtime().settings.is_secure, httponly=True, samesite="Lax"
    )
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@blueprint.get("/admin/account")
@editor
def account() -> str:
    """One's own name, language, zone and password."""
    return _account_page(_as_it_is(), PasswordForm())


@blueprint.post("/admin/account")
@editor
def describe() -> AnyResponse:
    """Change how one is named, in which language and zone the desk speaks, and whether reports come by mail."""
    me, filled = signed_in_user(), AccountForm()
    if not filled.validate():
        return make_response(_account_page(filled, PasswordForm(formdata=None)), 422)
    with writing() as database:
        users.describe(database, me.id, name=filled.name.data, language=filled.language.data, zone=filled.zone.data)
        users.want_reports(database, me.id, filled.gets_reports.data)
    flash(translate("Saved."), "good")
    return redirect(url_for("signin.account"), code=303)


@blueprint.post("/admin/account/language")
@editor
def speak() -> AnyResponse:
    """Switch the language of the desk."""
    me = signed_in_user()
    with writing() as database:
        users.describe(database, me.id, name=me.name, language=request.form.get("language", ""), zone=me.zone)
    return redirect(safe_path(request.form.get("next"), "/admin"), code=303)


@blueprint.post("/admin/account/password")
@editor
def change_password() -> AnyResponse:
    """A new password; every other session of this user ends (F2)."""
    me, filled = signed_in_user(), PasswordForm()
    plain = _as_it_is()
    if not filled.validate():
        return make_response(_account_page(plain, filled), 422)
    key = signin.try_key(runtime().signer, me.email, request.remote_addr or "")
    with writing() as database:
        signin.admit(database, key)
        secret = queries.secret(database, me.email)
    if not passwords.is_correct(secret.password_hash, filled.current.data):
        filled.current.errors = [translate("This is not your present password.")]
        return make_response(_account_page(plain, filled), 422)
    try:
        new = passwords.hashed(filled.new.data, email=me.email)
    except Invalid as refusal:
        filled.new.errors = [" ".join(refusal_texts(refusal))]
        return make_response(_account_page(plain, filled), 422)
    with writing() as database:
        users.set_password(database, me.id, new, by=me.id, keep=signin.token_hash(session_token()))
    flash(translate("The password is changed. You were signed out everywhere else."), "good")
    return redirect(url_for("signin.account"), code=303)


def _as_it_is() -> AccountForm:
    """The account as it is saved, whatever was sent."""
    me = signed_in_user()
    with reading() as database:
        gets_reports = users.get(database, me.id).gets_reports
    return AccountForm(formdata=None, name=me.name, language=me.language, zone=me.zone, gets_reports=gets_reports)


def _begin(secret: queries.Secret, password: str, key: str) -> str | None:
    """The token of a new session, or None where the password is wrong; hashing happens for everyone, known or not."""
    if not passwords.is_correct(secret.password_hash, password) or secret.user_id is None or secret.password_hash is None:
        return None
    with writing() as database:
        signin.forget_expired(database, hours=runtime().settings.session_hours)
        signin.end(database, session_token())  # whatever this browser had before
        return signin.begin(database, secret.user_id, password_hash=secret.password_hash, key=key)


def _with_session(answer: AnyResponse, token: str) -> AnyResponse:
    settings = runtime().settings
    answer.set_cookie(
        security.cookie_name(settings, "session"), token, secure=settings.is_secure, httponly=True, samesite="Lax", path="/", max_age=None
    )
    return answer


def _page(filled: SignInForm, wrong: str = "") -> str:
    with reading() as database:
        has_users = queries.has_users(database)
    wanted = safe_path(request.values.get("next"), "")
    return render_template("admin/signin/form.html", form=filled, wrong=wrong, has_users=has_users, wanted=wanted, command=CREATE_COMMAND)


def _account_page(account_form: AccountForm, password_form: PasswordForm) -> str:
    with reading() as database:
        sessions = queries.sessions_of(database, signed_in_user().id)
    return render_template(
        "admin/signin/account.html", form=account_form, password_form=password_form, sessions=sessions, zones=sorted(zones.names())
    )
