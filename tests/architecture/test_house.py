"""The house's own rules, run instead of remembered: contracts, sizes, empty packages, known names."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.core.settings import PREFIX, ROOT, Settings

LONGEST_FILE = 350  # lines
ROOT_FILES = {
    *("pyproject.toml", "Procfile", "docker-compose.yml", "Dockerfile", "Makefile", ".env.example", ".gitignore", ".dockerignore"),
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "SECURITY.md"),
    *("requirements.lock", "requirements-dev.lock", "package.json", "package-lock.json"),
    *("service", "workers", "templates", "tests", "docs", ".ci"),
}
# what a checkout holds besides: see .gitignore
UNKEPT = {".git", ".venv", "var", "node_modules", ".env", ".coverage", "pressrun.egg-info", "__pycache__"}


def sources() -> list[Path]:
    found = [path for folder in ("service", "workers", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if path.parent.name != "versions"]  # drafted by a program, never edited for beauty


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_root_holds_only_what_the_plan_names() -> None:
    found = {name for name in os.listdir(ROOT) if not name.endswith("_cache") and name not in (".hypothesis",)}

    assert found - UNKEPT <= ROOT_FILES


def test_no_file_is_too_long_to_read() -> None:
    too_long = {str(path.relative_to(ROOT)): count for path in sources() if (count := len(path.read_text().splitlines())) > LONGEST_FILE}

    assert too_long == {}


def test_packages_are_empty_and_no_file_is_a_drawer() -> None:
    filled = [path for path in sources() if path.name == "__init__.py" and path.read_text().strip()]
    drawers = [path for path in sources() if path.stem in ("service", "utils", "util", "helpers", "helper", "manager")]

    assert (filled, drawers) == ([], [])


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in sources() if path.name != "__init__.py" and not path.read_text().lstrip().startswith(('"""', 'r"""'))]

    assert silent == []


def test_every_setting_is_in_the_example_and_the_other_way_round() -> None:
    written = set(re.findall(rf"^{PREFIX}([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert written == {name.upper() for name in Settings.model_fields}


def test_the_examples_values_are_the_defaults() -> None:
    example = dict(re.findall(rf"^{PREFIX}([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    given = {name.lower(): value for name, value in example.items() if name != "VAR_DIR"}

    assert Settings(_env_file=None, **given) == Settings(_env_file=None)  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_exact_hashed_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE)

    assert all(re.match(r"[a-z0-9_.-]+(\[[a-z,]+\])?==\S+", line) for line in packages)
    assert len(re.findall(r"^[a-z0-9].*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(packages)
    assert "://" not in text


def test_the_pages_lock_names_no_address() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
