"""What the collection is measured against: a Flask application that inserts one row for each hit and commits it before it answers.

As `granian … tests.benchmark.conventional_edge:app`, or run by itself as a plain pre-fork server: PROCESSES children that each take
connections from one listening socket, as gunicorn's synchronous workers do, over the standard library's server.
"""

import os
import sys
import threading
from datetime import UTC, datetime
from secrets import token_hex
from wsgiref.simple_server import WSGIRequestHandler, make_server

import psycopg
from flask import Flask, Response, redirect, request

from service.core import settings
from service.core.signing import Signer
from service.edge import PIXEL
from service.tracking import tokens
from tests.support.collection import DESTINATION

PROCESSES = 4
INSERT = (
    "INSERT INTO events (hit_id, issue_id, subscriber_id, kind, link, at, ip, user_agent, headers, label, reason, rules) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', 'unknown', '', 1)"
)

app = Flask(__name__)
config = settings.load()
signer = Signer(config.keys())
local = threading.local()


@app.get("/c/<token>/<int:number>")
def click(token: str, number: int) -> object:
    return redirect(DESTINATION) if keep(token, number) else Response(status=404)


@app.get("/o/<token>.gif")
def pixel(token: str) -> Response:
    keep(token, None)
    return Response(PIXEL, mimetype="image/gif")


def keep(token: str, number: int | None) -> bool:
    """One insert, one commit."""
    delivery = tokens.read(signer, token)
    if delivery is None:
        return False
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(config.database)
    kind, agent = ("opened" if number is None else "clicked"), request.headers.get("User-Agent", "")[:300]
    local.connection.execute(INSERT, (token_hex(16), *delivery, kind, number, datetime.now(UTC), request.remote_addr, agent))
    local.connection.commit()
    return True


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def main() -> None:
    server = make_server("127.0.0.1", int(sys.argv[1]), app, handler_class=Quiet)
    server.socket.listen(256)
    for _ in range(PROCESSES - 1):
        if os.fork() == 0:
            break
    server.serve_forever()


if __name__ == "__main__":
    main()
