"""Is there a usable DKIM key (A2)? Signing is the mail server's; we see only the public half, under a selector. Pure."""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from service.newsletters.findings import Finding, Resolver, error, ok, warning

SUBJECT = "DKIM"
USUAL_SELECTORS = ("pressrun", "default", "mail", "dkim", "news", "s1", "s2", "k1", "k2", "google", "selector1", "selector2")
SHORTEST_KEY, WISHED_KEY = 1024, 2048  # bits


def check(domain: str, selector: str, resolver: Resolver) -> Finding:
    """The finding for one domain; without a selector the usual ones are tried. May raise Unanswered."""
    selectors = (selector,) if selector else USUAL_SELECTORS
    for name in selectors:
        records = [text for text in resolver.txt(f"{name}._domainkey.{domain}") if "p=" in text.replace(" ", "")]
        if len(records) > 1:
            return error(SUBJECT, f"{domain} has {len(records)} keys under the selector {name}.", "Keep one.")
        if records:
            return _judge(domain, name, records[0])
    if selector:
        remedy = "Publish the key that your mail server signs with."
        return error(SUBJECT, f"{domain} has no DKIM key under the selector {selector}.", remedy)
    remedy = "Name the selector your mail server signs with: pressrun doctor --selector NAME. Without DKIM most mail goes to spam."
    return warning(SUBJECT, f"{domain} has no DKIM key under a usual selector.", remedy)


def _judge(domain: str, selector: str, record: str) -> Finding:
    tags = {key.strip(): "".join(value.split()) for key, _, value in (part.partition("=") for part in record.split(";"))}
    shown = f"{selector}._domainkey.{domain}"
    if not tags.get("p"):
        return error(SUBJECT, f"The key at {shown} is revoked (p is empty).", "Publish the key that your mail server signs with.")
    if tags.get("k", "rsa") == "ed25519":
        return warning(
            SUBJECT, f"{shown} is an Ed25519 key, which many receivers cannot verify.", "Sign with an RSA key of 2048 bits as well."
        )
    try:
        key = load_der_public_key(base64.b64decode(tags["p"], validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return error(SUBJECT, f"The key at {shown} cannot be read.", "Copy it again, in one piece, without quotes inside.")
    bits = key.key_size if isinstance(key, RSAPublicKey) else 0
    if bits < SHORTEST_KEY:
        return error(SUBJECT, f"The key at {shown} has {bits} bits; receivers refuse it.", f"Make one of {WISHED_KEY} bits.")
    if bits < WISHED_KEY:
        return warning(SUBJECT, f"The key at {shown} has {bits} bits.", f"Make one of {WISHED_KEY} bits.")
    return ok(SUBJECT, f"{shown}: RSA, {bits} bits.")
