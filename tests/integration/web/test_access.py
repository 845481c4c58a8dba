"""Every endpoint against every role, generated from the URL map, so that a new page cannot be forgotten (F15)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from service.accounts.models import Role
from service.web import access
from tests.support.desk import Browser

REFUSED = "Only operators may do this."


def endpoints(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Each rule with a method and an address whose ids belong to nothing."""
    for rule in app.url_map.iter_rules():
        values = {name: _value(type(rule._converters[name]).__name__) for name in rule.arguments}
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values, method=min(rule.methods or {"GET"}))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, address


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    # given the whole application
    rules = list(app.url_map.iter_rules())

    # when each rule is asked what it needs
    silent = [rule.rule for rule in rules if access.needed_for(app, rule.endpoint) is None]

    # then none is silent
    assert silent == []


def test_desk_is_never_public(app: Flask) -> None:
    # given the pages that may be public below /admin: the door, and nothing else
    door = {"/admin/sign-in"}

    # when
    public = {rule.rule for rule in app.url_map.iter_rules() if access.needed_for(app, rule.endpoint) == access.PUBLIC}

    # then
    assert {rule for rule in public if rule.startswith("/admin")} == door


def test_stranger_is_sent_to_sign_in(app: Flask, stranger: Browser) -> None:
    # given every endpoint that needs a role
    closed = [(method, address) for rule, method, address in endpoints(app) if _needs_role(app, rule)]

    # when somebody who is not signed in calls it
    answers = {(method, address): stranger.client.open(address, method=method) for method, address in closed}

    # then it is the door, and nothing is told
    assert closed
    for (method, address), answer in answers.items():
        assert (answer.status_code, (answer.location or "").partition("?")[0]) == (303, "/admin/sign-in"), f"{method} {address}"


def test_editor_is_refused_what_only_operators_may(app: Flask, edith: Browser) -> None:
    # given every endpoint
    token = edith.token()

    # when an editor calls it, its form's token included
    answers = [(rule, method, address, _call(edith, method, address, token)) for rule, method, address in endpoints(app)]

    # then the operators' are refused, and only they
    for rule, method, address, answer in answers:
        needed = access.needed_for(app, rule.endpoint)
        refused = answer.status_code == 403 and REFUSED in answer.text
        assert refused == (needed is Role.OPERATOR), f"{method} {address}: {answer.status_code}"


@pytest.mark.both_databases
def test_operator_is_refused_nothing_and_nothing_breaks(app: Flask, otto: Browser) -> None:
    # given every endpoint, with ids that belong to nothing
    token = otto.token()

    # when an operator calls it
    answers = [
        (method, address, _call(otto, method, address, token))
        for _rule, method, address in endpoints(app)
        if address not in ("/admin/sign-out", "/readyz")
    ]

    # then it is answered or refused with a reason, never a fault
    for method, address, answer in answers:
        assert answer.status_code < 500, f"{method} {address}: {answer.status_code}"
        assert REFUSED not in answer.text, f"{method} {address}"


def _call(browser: Browser, method: str, address: str, token: str):  # type: ignore[no-untyped-def]
    if address == "/admin/sign-out":
        return browser.get("/admin/account")
    data = None if method == "GET" else {"csrf_token": token}
    return browser.client.open(address, method=method, data=data)


def _needs_role(app: Flask, rule: Rule) -> bool:
    return isinstance(access.needed_for(app, rule.endpoint), Role)


def _value(converter: str) -> object:
    return 999_999 if converter == "RowId" else "nothing-here"
