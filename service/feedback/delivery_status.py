"""The machine-readable part of a bounce (RFC 3464, RFC 6533): each recipient. Pure; broken ones are read as far as they go."""

import re
from dataclasses import dataclass

from service.feedback import addresses_in_text
from service.feedback.mail import Mail, Part

MOST_RECIPIENTS = 20  # a letter of ours has one; more are expansions of an alias
_FIELD = re.compile(r"^[> \t]{0,8}([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*(.*)$")
_REPORTED = re.compile(r"^(?:Final|Original)-Recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """One recipient of a report; "" for what it does not say. `action` is one of RFC 3464's five."""

    recipient: str = ""
    original_recipient: str = ""
    action: str = ""
    status: str = ""
    diagnostic: str = ""

    @property
    def is_failure(self) -> bool:
        return self.action == "failed" or (not self.action and self.status[:1] in ("", "4", "5"))


def read(mail: Mail) -> tuple[list[RecipientStatus], str]:
    """What is reported of each recipient, in its order, and the original envelope id."""
    parts = [part for part in mail.parts if part.type.endswith("delivery-status")] or [
        part for part in mail.parts if not part.is_returned and _REPORTED.search(part.words)
    ]
    found: list[RecipientStatus] = []
    envelope_id = ""
    for part in parts:
        for group in _groups(part):
            envelope_id = envelope_id or group.get("original-envelope-id", "")
            if {"final-recipient", "original-recipient", "action", "status", "diagnostic-code", "x-actual-recipient"} & group.keys():
                found.append(_recipient(group))
    return _merged(found)[:MOST_RECIPIENTS], envelope_id


def _groups(part: Part) -> list[dict[str, str]]:
    """Runs of fields between empty lines; a recipient field that comes again begins another run."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in part.words[:200_000].split("\n"):
        if not line.strip():
            groups.append({})
            last = ""
        elif line[:1] in (" ", "\t") and last:
            groups[-1][last] = f"{groups[-1][last]} {line.strip()}"[:4000]
        elif match := _FIELD.match(line):
            last = match[1].lower()
            if last in ("final-recipient", "original-recipient") and last in groups[-1]:
                groups.append({})
            groups[-1].setdefault(last, match[2].strip())
    return [group for group in groups if group]


def _recipient(group: dict[str, str]) -> RecipientStatus:
    status = _STATUS.search(group.get("status", ""))
    action = re.match(r"[a-z]+", group.get("action", "").lower())
    final = addresses_in_text.typed(group.get("final-recipient", "")) or addresses_in_text.typed(group.get("x-actual-recipient", ""))
    original = addresses_in_text.typed(group.get("original-recipient", ""))
    return RecipientStatus(
        recipient=final or original,
        original_recipient=original,
        action=_action(action[0]) if action else "",
        status=f"{status[1]}.{int(status[2])}.{int(status[3])}" if status else "",
        diagnostic=group.get("diagnostic-code", "") or _remark(group.get("status", "")),
    )


def _action(word: str) -> str:
    """ "deliverable" and "failure", which some systems write, mean what they look like."""
    if word in ("failure", "fail", "undeliverable", "error"):
        return "failed"
    return next((action for action in _ACTIONS if action == word), word if word in ("deferred", "warning") else "")


def _remark(status: str) -> str:
    """The words that some put behind the code in Status, as in "5.1.1 (bad address)"."""
    found = re.search(r"\d\s*\((.+)\)", status)
    return found[1] if found else ""


def _merged(found: list[RecipientStatus]) -> list[RecipientStatus]:
    """A group that names nobody completes the one before it: some split one recipient over several."""
    merged: list[RecipientStatus] = []
    for one in found:
        if merged and not one.recipient and not (merged[-1].action and merged[-1].status and merged[-1].diagnostic):
            last = merged[-1]
            merged[-1] = RecipientStatus(
                last.recipient,
                last.original_recipient,
                last.action or one.action,
                last.status or one.status,
                last.diagnostic or one.diagnostic,
            )
        elif merged and not merged[-1].recipient and one.recipient:
            last = merged[-1]
            merged[-1] = RecipientStatus(
                one.recipient,
                one.original_recipient,
                one.action or last.action,
                one.status or last.status,
                one.diagnostic or last.diagnostic,
            )
        else:
            merged.append(one)
    return merged
