"""Two questions a machine asks: are you alive, and can you work (database and Valkey)?"""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service.core import redis
from service.web.access import public
from service.web.transaction import reading, runtime

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """200 where database and Valkey answer, else 503; says which one does not, and nothing about where it is."""
    parts = {"database": _database_answers(), "valkey": _valkey_answers()}
    is_ready = all(parts.values())
    return jsonify(status="ready" if is_ready else "not ready", **parts), 200 if is_ready else 503


def _database_answers() -> bool:
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True


def _valkey_answers() -> bool:
    try:
        return bool(runtime().redis.ping())
    except (redis.Error, OSError):
        return False
