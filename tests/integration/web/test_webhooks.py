"""Signed events of providers: verified, kept once, acted upon; everything else is refused and leaves nothing (D13 to D15)."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.core import clock as clocks
from service.core.jobs import Job
from service.delivery.models import Delivery, Doubt, Launch
from service.delivery.states import DeliveryState
from service.feedback.models import Returned
from service.feedback.providers import certificates
from service.runtime import Runtime
from service.subscribers import address
from service.subscribers.models import Standing, Subscription, Suppression, SuppressionReason
from service.tracking import tokens as measuring
from service.web import webhooks
from tests.support import factories, provider_events
from tests.support.provider_events import MAILGUN_KEY, POSTMARK_SECRET, TOPIC

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def set_up(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller) -> None:
    """All three providers are set up, and Amazon's certificate is the tests' own."""
    changes = {"ses_topics": TOPIC, "mailgun_signing_key": MAILGUN_KEY, "postmark_secret": POSTMARK_SECRET}
    runtime.settings = runtime.settings.model_copy(update=changes)
    monkeypatch.setattr(certificates, "fetch", lambda url: {provider_events.CERTIFICATE: provider_events.certificate()}[url])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sender(runtime: Runtime) -> str:
    """The envelope sender of an issue that went to Dora a moment ago."""
    with runtime.writing() as session:
        letter = factories.newsletter(session)
        dora = factories.reader(session, letter, "dora@reader.test")
        dora.address_hash = address.fingerprint(runtime.signer, "dora@reader.test")
        issue = factories.issue(session, letter)
        compiled = factories.compiled_issue(session, issue)
        session.add(Launch(issue_id=issue.id, compiled_id=compiled.id, started_at=clocks.now(), give_up_at=clocks.now()))
        session.add(Delivery(issue_id=issue.id, subscriber_id=dora.id, batch_no=1, state=DeliveryState.ACCEPTED))
        return f"b+{measuring.verp(runtime.signer, issue.id, dora.id)}@bounces.example.com"


def rows(runtime: Runtime) -> list[Returned]:
    with runtime.reading() as session:
        return list(session.scalars(select(Returned).order_by(Returned.id)))


def suppressed_for(runtime: Runtime) -> list[SuppressionReason]:
    with runtime.reading() as session:
        return list(session.scalars(select(Suppression.reason)))


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_bounce_by_ses_suppresses_and_its_repetition_changes_nothing(
    client: FlaskClient, runtime: Runtime, sender: str, version: str
) -> None:
    body = provider_events.sns(provider_events.ses_bounce(sender), clocks.now(), version=version)

    answers = [client.post("/hooks/ses", json=body).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    (row,) = rows(runtime)
    assert (row.source.value, row.known_by, row.effect) == ("ses", "verp", "suppressed")
    assert suppressed_for(runtime) == [SuppressionReason.HARD_BOUNCE]


def test_a_complaint_by_ses_unsubscribes_and_suppresses(client: FlaskClient, runtime: Runtime, sender: str) -> None:
    client.post("/hooks/ses", json=provider_events.sns(provider_events.ses_complaint(sender), clocks.now()))

    with runtime.reading() as session:
        assert session.scalars(select(Subscription.state)).one() is Standing.UNSUBSCRIBED
    assert suppressed_for(runtime) == [SuppressionReason.COMPLAINT]


Change = Callable[[dict[str, Any]], dict[str, Any]]
ALTERED: dict[str, Change] = {
    "message": lambda body: body | {"Message": body["Message"].replace("dora", "ada")},
    "id": lambda body: body | {"MessageId": "m-2"},
    "signature": lambda body: body | {"Signature": "A" + body["Signature"][1:-4] + "AAA="},
    "topic": lambda body: body | {"TopicArn": TOPIC + "2"},
    "evil host": lambda body: body | {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.evil.test/SimpleNotificationService-a.pem"},
    "user in host": lambda body: body | {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com@evil.test/SimpleNotificationService-a.pem"},
    "plain http": lambda body: body | {"SigningCertURL": provider_events.CERTIFICATE.replace("https", "http")},
    "other file": lambda body: body | {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com/upload/evil.pem"},
    "version": lambda body: body | {"SignatureVersion": "3"},
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_sns_message_is_refused_and_leaves_nothing(client: FlaskClient, runtime: Runtime, sender: str, name: str) -> None:
    body = ALTERED[name](provider_events.sns(provider_events.ses_bounce(sender), clocks.now()))

    assert client.post("/hooks/ses", json=body).status_code == 401
    assert (rows(runtime), suppressed_for(runtime)) == ([], [])


def test_an_old_sns_message_is_refused(client: FlaskClient, sender: str) -> None:
    body = provider_events.sns(provider_events.ses_bounce(sender), clocks.now() - timedelta(hours=2))

    assert client.post("/hooks/ses", json=body).status_code == 401


def test_a_topic_is_confirmed_by_a_call_that_we_make_ourselves(client: FlaskClient, runtime: Runtime) -> None:
    body = provider_events.sns(
        "", clocks.now(), kind="SubscriptionConfirmation", Token="abc123", SubscribeURL="https://evil.test/?Action=ConfirmSubscription"
    )

    answers = [client.post("/hooks/ses", json=body).status_code for _ in range(2)]

    assert answers == [200, 200]
    (row,) = rows(runtime)
    assert (row.raw or b"").startswith(b"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn")
    with runtime.reading() as session:
        (job,) = session.scalars(select(Job).where(Job.name == "confirm_topic"))
    assert job.ids == {"returned_id": row.id}


def test_mailgun_counts_each_token_once(client: FlaskClient, runtime: Runtime, sender: str) -> None:
    body = provider_events.mailgun(clocks.now(), sender)
    replayed = copy.deepcopy(body)
    replayed["event-data"] |= {"id": "e-2", "event": "complained"}

    answers = [client.post("/hooks/mailgun", json=one).status_code for one in (body, body, replayed)]

    assert answers == [200, 200, 200]
    assert [(row.kind, row.effect) for row in rows(runtime)] == [("bounce", "suppressed")]


@pytest.mark.parametrize("name", ["timestamp", "token", "signature"])
def test_mailguns_signature_is_checked(client: FlaskClient, runtime: Runtime, sender: str, name: str) -> None:
    body = provider_events.mailgun(clocks.now(), sender)
    last = body["signature"][name][-1]
    body["signature"][name] = body["signature"][name][:-1] + ("1" if last != "1" else "2")

    assert client.post("/hooks/mailgun", json=body).status_code == 401
    assert rows(runtime) == []


def test_mailguns_delays_and_old_requests_are_no_bounces(client: FlaskClient, runtime: Runtime, sender: str) -> None:
    delayed = provider_events.mailgun(clocks.now(), sender, severity="temporary")
    old = provider_events.mailgun(clocks.now() - timedelta(days=1), sender, token="o" * 50)

    assert [client.post("/hooks/mailgun", json=body).status_code for body in (delayed, old)] == [200, 401]
    assert rows(runtime) == []


def test_a_block_reported_by_a_provider_blames_nobody(client: FlaskClient, runtime: Runtime, sender: str) -> None:
    status = {"code": 550, "message": "5.7.1 blocked using zen.spamhaus.org"}

    client.post("/hooks/mailgun", json=provider_events.mailgun(clocks.now(), sender, **{"delivery-status": status}))

    (row,) = rows(runtime)
    assert (row.reason, row.action, row.effect) == ("reputation", "alarm", "")
    assert suppressed_for(runtime) == []


def test_postmark_is_known_by_its_secret_and_dora_by_her_address(client: FlaskClient, runtime: Runtime, sender: str) -> None:
    body = provider_events.postmark()

    refused = [client.post("/hooks/postmark", json=body, headers=headers).status_code for headers in ({}, provider_events.basic("a:b"))]
    taken = client.post("/hooks/postmark", json=body, headers=provider_events.basic()).status_code

    assert (refused, taken) == ([401, 401], 200)
    (row,) = rows(runtime)
    assert (row.known_by, row.effect) == ("recipient", "suppressed")


def test_a_providers_word_settles_a_doubt(client: FlaskClient, runtime: Runtime, sender: str) -> None:
    with runtime.writing() as session:
        delivery = session.scalars(select(Delivery)).one()
        delivery.state = DeliveryState.UNCERTAIN
        values = {"issue_id": delivery.issue_id, "subscriber_id": delivery.subscriber_id, "lane": "other"}
        session.add(Doubt(since=clocks.now(), handed_after=clocks.now(), **values))

    client.post("/hooks/mailgun", json=provider_events.mailgun(clocks.now(), sender, event="delivered"))

    with runtime.reading() as session:
        assert session.scalars(select(Delivery.state)).one() is DeliveryState.ACCEPTED
    assert rows(runtime) == []


def test_what_is_too_large_unreadable_or_not_set_up_is_refused(client: FlaskClient, runtime: Runtime) -> None:
    runtime.settings = runtime.settings.model_copy(update={"ses_topics": ""})
    large = b"{" + b" " * webhooks.LARGEST_BODY + b"}"

    answers = [
        client.post("/hooks/mailgun", data=large).status_code,
        client.post("/hooks/mailgun", data=b"not json").status_code,
        client.post("/hooks/mailgun", data=json.dumps([1])).status_code,
        client.post("/hooks/ses", json={}).status_code,
        client.post("/hooks/lmtp", json={}).status_code,
        client.post("/hooks/nobody", json={}).status_code,
        client.get("/hooks/ses").status_code,
    ]

    assert answers == [413, 400, 400, 404, 404, 404, 405]
    assert rows(runtime) == []
