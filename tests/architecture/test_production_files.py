"""Procfile, Dockerfile and compose file: their form, and that they name what exists."""

import re

import yaml
from jsonschema import Draft202012Validator

from service.core import queues
from service.core.settings import PREFIX, ROOT, Settings

TEXT = {"type": "string", "minLength": 1}
WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
# the part of the Compose Specification that we use, and nothing beyond it
HEALTHCHECK = {
    "type": "object",
    "additionalProperties": False,
    "required": ["test"],
    "properties": {
        "test": {**WORDS, "prefixItems": [{"enum": ["CMD", "CMD-SHELL", "NONE"]}]},
        "interval": {"type": "string", "pattern": r"^\d+(ms|s|m)$"},
        "retries": {"type": "integer", "minimum": 1},
    },
}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
    "properties": {
        "build": TEXT,
        "image": TEXT,
        "restart": {"enum": ["no", "always", "unless-stopped", "on-failure"]},
        "command": WORDS,
        "environment": {"type": "object", "patternProperties": {"^[A-Z_]+$": {"type": "string"}}, "additionalProperties": False},
        "ports": {"type": "array", "items": {"type": "string", "pattern": r"^127\.0\.0\.1:\d+:\d+$"}},
        "volumes": {"type": "array", "items": {"type": "string", "pattern": r"^[a-z]+:/[a-z/]+$"}},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["condition"],
                "properties": {"condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}},
            },
        },
        "healthcheck": HEALTHCHECK,
        "network_mode": {"type": "string", "pattern": "^(bridge|host|none|service:[a-z]+)$"},
        "stop_grace_period": {"type": "string", "pattern": r"^\d+s$"},
    },
}
COMPOSE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["services"],
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "services": {"type": "object", "additionalProperties": False, "patternProperties": {"^[a-z]+$": SERVICE}},
        "volumes": {"type": "object", "additionalProperties": {"type": ["object", "null"]}},
    },
}


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def procfile() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())


def test_the_compose_file_follows_its_schema() -> None:
    errors = [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(COMPOSE).iter_errors(compose())]

    assert errors == []


def test_the_compose_file_refers_only_to_what_it_holds() -> None:
    document = compose()
    services = document["services"]

    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(document["volumes"]), name
        if service.get("network_mode", "").startswith("service:"):
            assert service["network_mode"].removeprefix("service:") in services
            assert "ports" not in service, "a service in another's network cannot publish ports itself"
    healthy = {
        other
        for service in services.values()
        for other, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }
    assert all("healthcheck" in services[name] for name in healthy)


def test_settings_in_the_compose_file_exist() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}

    for service in compose()["services"].values():
        assert {name for name in service.get("environment", {}) if name.startswith(PREFIX)} <= known


def test_the_compose_file_runs_the_procfiles_processes() -> None:
    services = compose()["services"]

    assert list(procfile()) == ["web", "edge", "worker", "beat", "events", "bounces"]
    for name, line in procfile().items():
        command = services[name].get("command")
        assert services[name]["build"] == "."
        if command:
            assert command[0] in line
            assert command[-1] in line or "--without" in command[-1]


def test_the_workers_of_the_procfile_serve_every_queue() -> None:
    named = re.search(r"--queues=([a-z,]+)", procfile()["worker"])

    assert named
    assert set(named[1].split(",")) == set(queues.QUEUES)


def test_the_image_copies_only_what_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert {name for line in copied for name in line.split() if not (ROOT / name).exists()} <= {"README.md"}
