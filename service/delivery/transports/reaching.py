"""Does the mail server take a connection, with the encryption the settings ask for, and the name and password where there are some?"""

import os
import smtplib
import ssl
from pathlib import Path
from urllib.parse import unquote, urlsplit

from service.newsletters.findings import Finding, error, ok, warning

SUBJECT = "mail server"
SECONDS = 10.0


def check(url: str) -> Finding:
    """Connect, EHLO, TLS and AUTH; nothing is sent."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        usable = os.access(folder if folder.exists() else folder.parent, os.W_OK)
        remedy = "Make the folder, or set PRESSRUN_SMTP_URL."
        return ok(SUBJECT, f"mails are written to {folder}.") if usable else error(SUBJECT, f"{folder} cannot be written.", remedy)
    host, port = parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 25)
    try:
        return _talk(host, port, parts.scheme == "smtps", "tls=starttls" in parts.query, parts.username, parts.password)
    except ssl.SSLCertVerificationError as failure:
        return error(SUBJECT, f"the certificate of {host} is not trusted: {failure.verify_message}", "Install a certificate for this name.")
    except smtplib.SMTPAuthenticationError as failure:
        return error(SUBJECT, f"{host} refuses the name or the password ({failure.smtp_code}).", "Check them in PRESSRUN_SMTP_URL.")
    except (OSError, smtplib.SMTPException) as failure:
        remedy = "Check PRESSRUN_SMTP_URL and that the server runs; the local catcher runs with pressrun up."
        return error(SUBJECT, f"{host}:{port} cannot be used: {failure}", remedy)


def _talk(host: str, port: int, is_tls: bool, wants_starttls: bool, name: str | None, password: str | None) -> Finding:
    context = ssl.create_default_context()
    opened = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context) if is_tls else smtplib.SMTP(host, port, timeout=SECONDS)
    with opened as client:
        client.ehlo()
        if wants_starttls:
            client.starttls(context=context)
            client.ehlo()
        if name:
            client.login(unquote(name), unquote(password or ""))
        offers = {offer.upper() for offer in client.esmtp_features}
    how = "TLS" if is_tls or wants_starttls else "no encryption, on this machine"
    if "PIPELINING" not in offers:
        return warning(SUBJECT, f"{host}:{port} answers ({how}), but offers no PIPELINING.", "Sending works, one step at a time, slower.")
    return ok(SUBJECT, f"{host}:{port} answers ({how}).")
