"""Does the world accept mail from this sender: SPF, DKIM, DMARC and MX of its domains (A1, A2, A4, A14)? Asks the resolver it is handed."""

from collections.abc import Callable

from service.newsletters import dkim, dmarc, spf
from service.newsletters.findings import Finding, Resolver, Unanswered, error, ok, warning

RESERVED = ("example", "test", "invalid", "localhost")  # RFC 2606: never in the DNS


def check_sender(
    resolver: Resolver, *, sender_email: str, reply_to: str = "", bounce_domain: str = "", selector: str = ""
) -> list[Finding]:
    """Everything about one newsletter's sender, in the order a person would mend it."""
    domain = sender_email.rpartition("@")[2].lower()
    if not domain:
        return [error("sender", "The newsletter has no sender address.", "Set it on the newsletter's page.")]
    if domain.rpartition(".")[2] in RESERVED or domain in ("example.com", "example.org", "example.net"):
        remedy = "Before real mail goes out, set an address of a domain that is yours on the newsletter's page."
        return [warning("sender", f"{domain} is a domain for examples.", remedy)]
    checks: list[tuple[str, Callable[[], Finding]]] = [
        (spf.SUBJECT, lambda: spf.check(bounce_domain or domain, resolver)),
        (dkim.SUBJECT, lambda: dkim.check(domain, selector, resolver)),
        (dmarc.SUBJECT, lambda: dmarc.check(domain, resolver)),
        ("MX", lambda: check_mx(domain, resolver)),
    ]
    reply_domain = reply_to.rpartition("@")[2].lower()
    if reply_domain and reply_domain != domain:
        checks.append(("MX", lambda: check_mx(reply_domain, resolver)))
    if bounce_domain and bounce_domain != domain:
        checks.append(("MX", lambda: check_mx(bounce_domain, resolver)))
    findings = [_answered(subject, check) for subject, check in checks]
    return findings + [found for address in (sender_email, reply_to) for found in _no_reply(address)]


def check_mx(domain: str, resolver: Resolver) -> Finding:
    """Replies and bounces must be accepted somewhere (A14). May raise Unanswered."""
    hosts = resolver.mx(domain)
    if hosts == ["."] or hosts == [""]:
        return error("MX", f"{domain} says that it takes no mail.", "Use a sender that can be answered.")
    if hosts:
        return ok("MX", f"{domain}: {', '.join(hosts[:3])}.")
    if resolver.addresses(domain):
        return warning("MX", f"{domain} has no MX record, only an address.", "Add an MX record; some receivers ask for one.")
    return error("MX", f"{domain} has no MX record; nobody can answer, and bounces are lost.", f"Add an MX record for {domain}.")


def _answered(subject: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Unanswered as failure:
        return warning(
            subject, f"The name servers did not answer for {failure}.", "Try again; check this machine's network and name servers."
        )


def _no_reply(address: str) -> list[Finding]:
    local = address.partition("@")[0].lower().replace("-", "").replace("_", "").replace(".", "")
    if local not in ("noreply", "donotreply"):
        return []
    return [warning("sender", f"{address} tells readers not to answer.", "Use an address somebody reads: providers expect it (A14).")]
