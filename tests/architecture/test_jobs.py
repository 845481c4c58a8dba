"""Who asks for background work and who does it know the same names."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from service.core import queues
from service.core.settings import ROOT
from workers import jobs
from workers.app import app


def asked() -> Iterator[tuple[str, str]]:
    """Each `jobs.ask(session, NAME, ...)` in the program: where, and the name, constants resolved."""
    for path in sorted((ROOT / "service").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "jobs.ask":
                yield str(path.relative_to(ROOT)), _value(path, node.args[1])


def _value(path: Path, name: ast.expr) -> str:
    if isinstance(name, ast.Constant):
        return str(name.value)
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return str(eval(compile(ast.Expression(name), "asked", "eval"), vars(module)))


def handlers() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in jobs.HANDLERS if name != "count"}  # "count" belongs to a test


def test_every_job_asked_for_has_somebody_who_does_it() -> None:
    orphans = {place: name for place, name in asked() if name not in handlers()}

    assert orphans == {}


def test_every_registered_job_is_asked_for_by_somebody() -> None:
    assert handlers() - {name for _place, name in asked()} == set()


def test_queues_are_named_for_jobs_that_exist_and_are_worked_on() -> None:
    assert set(queues.JOB_QUEUES) - handlers() == set()
    assert {*queues.JOB_QUEUES.values(), *(entry.queue for entry in jobs.PERIODIC.values())} <= set(queues.QUEUES)


def test_no_task_has_a_delay_of_its_own() -> None:
    """Delays are rows (E-3): a message with an ETA beyond the visibility timeout would run many times."""
    for path in [*sorted((ROOT / "workers").rglob("*.py")), ROOT / "service" / "broker.py"]:
        words = {node.arg for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.keyword)}
        assert not words & {"countdown", "eta"}, path
