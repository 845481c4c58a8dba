"""The subject line: the editor's, else the headline; advertising begins with the one spelling the law knows (B2). Pure."""

import re

from service.core.problems import Problem, Severity
from service.issues.document import Document

ADVERTISING = "(광고)"

# every way to write it that has been seen, at the beginning of a subject, once or more
_VARIANTS = re.compile(r"(?:\s*[(（\[［【<〈「{]\s*광[\s.·_\-/*]*고\s*[)）\]］】>〉」}]\s*)+", re.IGNORECASE)


def subject_of(document: Document, *, is_advertising: bool) -> str:
    """The subject as it is sent; with `is_advertising` it begins with `(광고)` exactly once."""
    subject = " ".join((document.subject or document.title).split())
    if not is_advertising:
        return subject
    return f"{ADVERTISING} {_VARIANTS.sub('', subject, count=1) if _VARIANTS.match(subject) else subject}".rstrip()


def problems_of(document: Document, *, is_advertising: bool) -> list[Problem]:
    """A subject that says advertising while the issue would go to readers who did not agree to any (B1); no subject at all."""
    subject = (document.subject or document.title).strip()
    if not subject:
        return [Problem(Severity.ERROR, "The issue has no subject and no headline.")]
    if _VARIANTS.match(subject) and not is_advertising:
        message = (
            "The subject says (광고), but the issue is not marked as containing advertising. Mark it, or take the word out of the subject."
        )
        return [Problem(Severity.ERROR, message)]
    return []
