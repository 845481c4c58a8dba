"""The harness for journeys through the desk: the application on a port of this machine, and the system's Chromium.

Where there is no Chromium the journeys are skipped with that reason. What a page complains about in its console fails the journey:
a violated policy is a fault.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import FileSystemBytecodeCache
from werkzeug.serving import make_server

from service.accounts import passwords, users
from service.accounts.models import Role
from service.core.settings import Settings
from service.runtime import Runtime
from service.web.app import make_app
from tests.support import schema
from tests.support.desk import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HARMLESS = ("Password forms should have", "favicon", "(UNPROCESSABLE ENTITY)")  # the last: a form with mistakes
FOLDER = Path(__file__).parent
PATIENCE_MILLISECONDS = 15_000


@dataclass(frozen=True)
class Desk:
    """The running application."""

    url: str
    runtime: Runtime

    def person(self, name: str, role: Role, language: str = "en") -> str:
        """A user who can sign in with PASSWORD; returns the address."""
        password_hash = passwords.hashed(PASSWORD)
        with self.runtime.writing() as session:
            email = f"{name.lower()}@example.com"
            users.create(session, email=email, name=name, password_hash=password_hash, role=role, language=language)
        return email


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Desk]:
    """The application over an empty SQLite file, on a free port."""
    var = tmp_path / "var"
    var.mkdir()
    server = make_server("127.0.0.1", 0, None, threaded=True)  # type: ignore[arg-type]
    url = f"http://127.0.0.1:{server.server_port}"
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None, var_dir=var, database_url=schema.copy_of(sqlite_template, var / "pressrun.db"), base_url=url
    )
    runtime = Runtime(settings)
    server.app = app = make_app(runtime)
    app.jinja_env.bytecode_cache = compiled_templates
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Desk(url, runtime)
    server.shutdown()
    thread.join()
    server.server_close()
    runtime.database.dispose()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys of one file share a test process, and so one Chromium."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """The system's Chromium, without a window; ended with the file, for no other event loop may run meanwhile."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: install the package chromium, or name one in CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture
def page(desk: Desk, chromium: "Browser") -> "Iterator[Page]":
    """A fresh browser profile on the desk; whatever its console complains about fails the journey."""
    complaints: list[str] = []
    context = chromium.new_context(base_url=desk.url, locale="en-US", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [each for each in complaints if not any(known in each for known in HARMLESS)] == []


def sign_in(page: "Page", email: str, password: str = PASSWORD) -> None:
    """Through the door, as a person does."""
    page.goto("/admin/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin")
