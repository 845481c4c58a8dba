"""Users of the desk: who may sign in, and as what. For operators."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField

from service.accounts import passwords, permissions, queries, users
from service.accounts.models import Role
from service.core.errors import PressrunError
from service.core.i18n import LANGUAGES, NAMES
from service.web.access import operator, signed_in_user
from service.web.forms import ChoiceField, Form, longest, required
from service.web.templating import refusal_texts, translate
from service.web.transaction import reading, writing

blueprint = Blueprint("users", __name__, url_prefix="/admin/users")

ROLES = [(role.value, permissions.NAMES[role], permissions.SAYS[role]) for role in Role]


class UserForm(Form):
    name = StringField("Name", [required("Write the name that colleagues use."), longest(users.LONGEST_NAME)])
    email = StringField("E-mail", [required("Write the e-mail address to sign in with."), longest(users.LONGEST_EMAIL)])
    password = PasswordField("First password", [required("Write a first password.")])
    role = ChoiceField("Role", choices=ROLES, default=Role.EDITOR.value)
    language = ChoiceField("Language of the desk", choices=[(code, NAMES[code], True) for code in LANGUAGES], default="ko")


@blueprint.get("")
@operator
def listing() -> str:
    """Everyone, with role and state."""
    with reading() as session:
        people = queries.listing(session)
    return render_template("admin/users/listing.html", people=people, names=permissions.NAMES)


@blueprint.get("/new")
@operator
def new() -> str:
    """The form for a new user."""
    return render_template("admin/users/new.html", form=UserForm())


@blueprint.post("/new")
@operator
def create() -> Response:
    """Add a user."""
    me, form = signed_in_user(), UserForm()
    if not form.validate():
        return make_response(render_template("admin/users/new.html", form=form), 422)
    try:
        password_hash = passwords.hashed(form.password.data, email=form.email.data)
        with writing() as session:
            user = users.create(
                session,
                email=form.email.data,
                name=form.name.data,
                password_hash=password_hash,
                role=_role(form.role.data),
                language=form.language.data,
                zone=me.zone,
                by=me.id,
            )
    except PressrunError as refusal:
        wrong = form.password if isinstance(refusal, passwords.WeakPassword) else form.email
        wrong.errors = [" ".join(refusal_texts(refusal))]
        return make_response(render_template("admin/users/new.html", form=form), 422)
    flash(translate("{name} can sign in now.", name=user.name), "good")
    return redirect(url_for("users.listing"), code=303)


@blueprint.get("/<int:user_id>")
@operator
def show(user_id: int) -> str:
    """One user: role, password, door."""
    with reading() as session:
        user = users.get(session, user_id)
        sessions = queries.sessions_of(session, user_id)
    return render_template("admin/users/show.html", person=user, roles=ROLES, sessions=sessions)


@blueprint.post("/<int:user_id>/role")
@operator
def change_role(user_id: int) -> Response:
    """Give another role; the user signs in again (F2)."""
    with writing() as session:
        users.set_role(session, user_id, _role(request.form.get("role")), by=signed_in_user().id)
    flash(translate("The role is changed. The user has to sign in again."), "good")
    return redirect(url_for("users.listing"), code=303)


@blueprint.post("/<int:user_id>/password")
@operator
def change_password(user_id: int) -> Response:
    """Give a new password; every session of the user ends (F2)."""
    password = request.form.get("password", "")
    with reading() as session:
        email = users.get(session, user_id).email
    password_hash = passwords.hashed(password, email=email)
    with writing() as session:
        users.set_password(session, user_id, password_hash, by=signed_in_user().id)
    flash(translate("The password is changed. The user was signed out everywhere."), "good")
    return redirect(url_for("users.listing"), code=303)


@blueprint.post("/<int:user_id>/disable")
@operator
def disable(user_id: int) -> Response:
    """Keep a user out, at once."""
    with writing() as session:
        users.disable(session, user_id, by=signed_in_user().id)
    flash(translate("The user can no longer sign in."), "good")
    return redirect(url_for("users.listing"), code=303)


@blueprint.post("/<int:user_id>/enable")
@operator
def enable(user_id: int) -> Response:
    """Let a user in again."""
    with writing() as session:
        users.enable(session, user_id, by=signed_in_user().id)
    flash(translate("The user can sign in again."), "good")
    return redirect(url_for("users.listing"), code=303)


def _role(value: str | None) -> Role:
    return Role.OPERATOR if value == Role.OPERATOR.value else Role.EDITOR
