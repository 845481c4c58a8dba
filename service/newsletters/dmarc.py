"""Which DMARC policy covers a From domain (A4), found by the tree walk of RFC 9989. Pure."""

from service.newsletters.findings import Finding, Resolver, error, ok, warning

SUBJECT = "DMARC"
POLICIES = ("none", "quarantine", "reject")
LONGEST_WALK = 8  # queries; a longer name is cut to its last seven labels after the first
RETIRED = ("pct", "rf", "ri")


def check(domain: str, resolver: Resolver) -> Finding:
    """The finding for one domain. Raises Unanswered where the name servers do not answer."""
    found = find(domain, resolver)
    if found is None:
        remedy = f"Add a TXT record for _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:dmarc@{domain}"
        return error(SUBJECT, f"{domain} has no DMARC record, and none above it covers it.", remedy)
    where, tags = found
    if tags.get("psd") == "y" and where != domain:
        return warning(SUBJECT, f"Only the registry's record at {where} covers {domain}.", f"Add a record of your own at _dmarc.{domain}.")
    policy = _policy(domain, where, tags)
    if policy is None:
        return error(SUBJECT, f"The DMARC record of {where} has a policy nobody knows: p={tags['p']}.", "Use p=none, quarantine or reject.")
    retired = [tag for tag in RETIRED if tag in tags]
    if retired:
        shown = ", ".join(retired)
        return warning(SUBJECT, f"The DMARC record of {where} uses what RFC 9989 has dropped: {shown}.", "Remove it; receivers ignore it.")
    if "rua" not in tags:
        return warning(
            SUBJECT, f"The DMARC record of {where} asks for no reports.", f"Add rua=mailto:dmarc@{domain} to see who sends as you."
        )
    return ok(SUBJECT, f"{domain}: policy {policy}, from {where}.")


def find(domain: str, resolver: Resolver) -> tuple[str, dict[str, str]] | None:
    """Where the record that covers the domain stands, and its tags: at the domain, else at the nearest name above it that has one."""
    for name in _walk(domain):
        tags = _record(name, resolver)
        if tags is not None:
            return name, tags
    return None


def _walk(domain: str) -> list[str]:
    labels = domain.lower().rstrip(".").split(".")
    names = [".".join(labels)]
    above = labels[1:] if len(labels) <= LONGEST_WALK else labels[-(LONGEST_WALK - 1) :]
    while above:
        names.append(".".join(above))
        above = above[1:]
    return names


def _record(name: str, resolver: Resolver) -> dict[str, str] | None:
    """The tags of the one record at this name; none, a malformed one or several count as no record (RFC 9989)."""
    found = []
    for text in resolver.txt(f"_dmarc.{name}"):
        parts = [part.partition("=") for part in text.split(";") if part.strip()]
        pairs = [(key.strip().lower(), value.strip()) for key, equals, value in parts if equals]
        if pairs and pairs[0] == ("v", "DMARC1"):
            found.append(dict(pairs))
    return found[0] if len(found) == 1 else None


def _policy(domain: str, where: str, tags: dict[str, str]) -> str | None:
    """The policy in force; a missing or unknown one reads as none where reports are asked for. None: cannot be used."""
    wished = tags.get("p", "none") if where == domain else tags.get("sp", tags.get("p", "none"))
    if wished.lower() in POLICIES:
        return wished.lower()
    return "none" if "rua" in tags else None
