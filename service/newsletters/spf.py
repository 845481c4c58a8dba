"""Is the SPF record of a Return-Path domain usable (A1): one record, at most ten look-ups (RFC 7208 section 4.6.4)? Pure."""

import re
from dataclasses import dataclass

from service.newsletters.findings import Finding, Resolver, error, ok, warning

SUBJECT = "SPF"
MOST_LOOKUPS, MOST_VOID = 10, 2
_TERM = re.compile(r"(?P<qualifier>[-+~?]?)(?P<name>[A-Za-z][A-Za-z0-9_.-]*)(?P<mark>[:=/])?(?P<value>.*)")
_MECHANISMS = {"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}
_QUERYING = {"include", "a", "mx", "ptr", "exists"}


class Broken(Exception):
    """The record cannot be evaluated; receivers treat it as if SPF failed."""


@dataclass
class _Count:
    lookups: int = 0
    void: int = 0

    def add(self, found: object) -> None:
        self.lookups += 1
        self.void += not found
        if self.lookups > MOST_LOOKUPS:
            raise Broken(f"it needs more than {MOST_LOOKUPS} look-ups")
        if self.void > MOST_VOID:
            raise Broken(f"more than {MOST_VOID} of its look-ups lead nowhere")


def check(domain: str, resolver: Resolver) -> Finding:
    """The finding for one domain. Raises Unanswered where the name servers do not answer."""
    records = _records(domain, resolver)
    if not records:
        remedy = f"Add a TXT record for {domain}: v=spf1 include:<your mail server's provider> -all"
        return error(SUBJECT, f"{domain} has no SPF record.", remedy)
    if len(records) > 1:
        return error(SUBJECT, f"{domain} has {len(records)} SPF records; receivers then use none.", "Join them into one.")
    count = _Count()
    try:
        ends_with = _walk(domain, records[0], resolver, count)
    except Broken as reason:
        return error(
            SUBJECT, f"The SPF record of {domain} is broken: {reason}.", "Shorten it: name ip4: and ip6: ranges instead of include:."
        )
    if ends_with in ("+all", "?all", ""):
        shown = ends_with or "no “all”"
        return warning(SUBJECT, f"The SPF record of {domain} ends with {shown}; it lets everybody pass.", "End it with -all or ~all.")
    return ok(SUBJECT, f"{domain}: one record, {count.lookups} of {MOST_LOOKUPS} look-ups.")


def _records(domain: str, resolver: Resolver) -> list[str]:
    return [text for text in resolver.txt(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def _walk(domain: str, record: str, resolver: Resolver, count: _Count) -> str:
    """Count the look-ups of a record and what it includes; returns its last word, `-all` and the like, or nothing."""
    redirect = ""
    for term in record.split()[1:]:
        found = _TERM.fullmatch(term)
        if found is None:
            raise Broken(f"“{term}” cannot be read")
        name, value = found["name"].lower(), found["value"]
        if found["mark"] == "=":
            redirect = value if name == "redirect" else redirect
            continue
        if name not in _MECHANISMS:
            raise Broken(f"“{term}” is not a mechanism")
        if name == "all":
            return f"{found['qualifier'] or '+'}all"
        if name in _QUERYING:
            _follow(name, value if found["mark"] == ":" else "", domain, resolver, count)
    if not redirect:
        return ""
    return _included(redirect, resolver, count)


def _follow(name: str, value: str, domain: str, resolver: Resolver, count: _Count) -> None:
    target = value.partition("/")[0] or domain
    if "%" in target:  # a macro: depends on the mail; counts, but cannot be looked up beforehand
        count.add(True)
    elif name == "include":
        _included(target, resolver, count)
    elif name == "mx":
        count.add(resolver.mx(target))
    elif name in ("a", "exists"):
        count.add(resolver.addresses(target))
    else:
        count.add(True)


def _included(target: str, resolver: Resolver, count: _Count) -> str:
    records = _records(target, resolver)
    count.add(records)
    if len(records) != 1:
        raise Broken(f"{target}, which it includes, has {len(records) or 'no'} SPF record{'s' if len(records) > 1 else ''}")
    return _walk(target, records[0], resolver, count)
