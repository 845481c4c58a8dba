"""Signed webhooks as the providers send them, made with keys of our own."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

TOPIC = "arn:aws:sns:eu-west-1:123456789012:feedback"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-abc123.pem"
MAILGUN_KEY = "key-of-the-tests"
POSTMARK_SECRET = "postmark:a-long-password-of-ours"
ORDER = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate() -> bytes:
    """The PEM that Amazon's address gives in tests."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(_key().public_key()).serial_number(1)
    made = builder.not_valid_before(start).not_valid_after(start + timedelta(days=3650)).sign(_key(), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)


def sns(message: object, now: datetime, *, version: str = "2", kind: str = "Notification", **changes: str) -> dict[str, Any]:
    """An SNS message; `changes` are made before it is signed."""
    fields: dict[str, str] = {
        "Type": kind,
        "MessageId": "m-1",
        "TopicArn": TOPIC,
        "Message": json.dumps(message),
        "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
    } | changes
    signed = "".join(f"{name}\n{fields[name]}\n" for name in ORDER[kind] if name in fields)
    algorithm: hashes.HashAlgorithm = hashes.SHA256() if version == "2" else hashes.SHA1()
    signature = _key().sign(signed.encode(), padding.PKCS1v15(), algorithm)
    return fields | {"Signature": base64.b64encode(signature).decode()}


def ses_bounce(sender: str, recipient: str = "dora@reader.test", **changes: Any) -> dict[str, Any]:
    recipients = [
        {"emailAddress": recipient, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"} | changes
    ]
    bounce = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": recipients}
    return {"notificationType": "Bounce", "bounce": bounce, "mail": {"source": sender, "messageId": "ses-1"}}


def ses_complaint(sender: str) -> dict[str, Any]:
    complaint = {"complainedRecipients": [{"emailAddress": "dora@reader.test"}], "complaintFeedbackType": "abuse"}
    return {"notificationType": "Complaint", "complaint": complaint, "mail": {"source": sender}}


def mailgun(now: datetime, sender: str, *, token: str = "t" * 50, key: str = MAILGUN_KEY, **data: Any) -> dict[str, Any]:
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    given = {
        "id": "e-1",
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "recipient": "dora@reader.test",
        "timestamp": now.timestamp(),
        "envelope": {"sender": sender},
        "delivery-status": {"code": 550, "message": "5.1.1 user unknown"},
    }
    return {"signature": {"timestamp": timestamp, "token": token, "signature": signature}, "event-data": given | data}


def postmark(**changes: Any) -> dict[str, Any]:
    given = {
        "RecordType": "Bounce",
        "ID": 42,
        "Type": "HardBounce",
        "Email": "dora@reader.test",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist",
        "BouncedAt": "2026-09-14T03:00:00Z",
    }
    return given | changes


def basic(secret: str = POSTMARK_SECRET) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
