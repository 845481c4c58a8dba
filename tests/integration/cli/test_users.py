"""`pressrun users`: the first user is made on the machine itself."""

import pytest

from service.accounts import passwords, queries, signin
from service.accounts.models import Role
from service.cli import main
from service.core.database import Database
from tests.support.desk import PASSWORD


@pytest.fixture(autouse=True)
def _here(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the test's database."""
    monkeypatch.setenv("PRESSRUN_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))


def create(*extra: str, email: str = "otto@example.com", password: str = PASSWORD) -> int:
    return main.run(["users", "create", "--email", email, "--name", "Otto", "--password", password, *extra])


def test_first_user_is_an_operator_who_can_sign_in(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    # when
    code = create()

    # then
    assert code == 0
    assert "can sign in at" in capsys.readouterr().out
    with database.reading() as session:
        otto = queries.by_email(session, "otto@example.com")
    assert otto is not None
    assert otto.role is Role.OPERATOR
    assert passwords.is_correct(otto.password_hash, PASSWORD)


def test_easy_password_is_refused_with_a_remedy(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    # when
    code = create(password="short")

    # then
    assert code == 1
    assert "at least 12 characters" in capsys.readouterr().err
    with database.reading() as session:
        assert not queries.has_users(session)


def test_same_address_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    create()

    assert create() == 1
    assert "already has an account" in capsys.readouterr().err


def test_new_password_ends_every_session(database: Database) -> None:
    # given
    create("--role", "editor")
    with database.writing() as session:
        otto = queries.by_email(session, "otto@example.com")
        assert otto is not None
        token = signin.begin(session, otto.id, password_hash=otto.password_hash, key="")

    # when
    code = main.run(["users", "set-password", "otto@example.com", "--password", "another four unrelated words"])

    # then
    assert (code, token is not None) == (0, True)
    with database.reading() as session:
        assert signin.find(session, token or "", idle_minutes=30, hours=12) is None


def test_list_shows_everyone(capsys: pytest.CaptureFixture[str]) -> None:
    create()

    assert main.run(["users", "list"]) == 0
    assert "otto@example.com" in capsys.readouterr().out
