"""The audit log: who did what, when; newest first (F19). For operators."""

from flask import Blueprint, render_template, request
from sqlalchemy import select

from service.accounts import queries as accounts
from service.core import pages
from service.core.audit import AuditEntry
from service.web import audit_words
from service.web.access import operator
from service.web.transaction import reading

blueprint = Blueprint("audit", __name__, url_prefix="/admin/audit")

ACTS = {  # act -> how the page says it
    "user.created": "Added a user",
    "user.password_changed": "Changed a password",
    "user.role_changed": "Changed a role",
    "user.disabled": "Kept a user out",
    "user.enabled": "Let a user in again",
    "newsletter.created": "Made a newsletter",
    "newsletter.changed": "Changed a newsletter's settings",
    "series.created": "Added a series",
    "series.changed": "Changed a series",
    "cadence.changed": "Changed the rhythm",
    "issue.scheduled": "Booked an issue",
    "issue.draft": "Took an issue back to draft",
    "issue.needs_decision": "An issue needs a decision",
    "issue.missed": "An issue was missed",
    "issue.classified": "Classified an issue",
    "issue.restored": "Restored an earlier text",
    "issue.test_asked": "Asked for a test mail",
    "issue.send_now": "Asked to send now",
    "issue.send_now_stopped": "Stopped sending now",
    "asset.kept": "Kept a picture",
    "import.started": "Started an import",
    "import.finished": "Finished an import",
    "import.discarded": "Threw an import away",
    "subscriber.suppressed": "Put an address on the do-not-mail list",
    "subscriber.unsuppressed": "Took an address off the do-not-mail list",
    "subscriber.unsubscribed": "Unsubscribed a reader who asked for it",
    "delivery.looked_up": "Looked up a reader's delivery",
    "delivery.sent_again": "Sent again to readers by name",
    "delivery.decided": "Decided about mails of which it is not sure that they arrived",
    "delivery.log_read": "Looked up unsure mails in the mail server's log",
    "delivery.left_uncertain": "Mails stayed unsure: nobody had decided in time",
    "lane.reopened": "Opened a lane again",
    "slot.booked": "Booked a slot",
    "slot.moved": "Moved a slot",
    "slot.released": "Released a slot",
    "slot.skipped": "Skipped a slot",
    "slot.unskipped": "Opened a skipped slot again",
    "slot.recomputed": "A slot follows new zone rules",
    "slot.made_anew": "Had a booked issue made anew",
    "slot.missed": "A slot was missed",
    "slot.held": "Held a slot back",
    "slot.let_go": "Let a held slot go at its hour",
    "slot.replacement_asked": "Asked for a newer version for a slot",
    "slot.replacement_dropped": "Kept the approved version of a slot",
    "slot.replaced": "Swapped a newer version into a slot",
    "issue.created": "Made an issue",
    "database.doubted": "The database is not the one it was; issues wait for a decision",
    "issue.decided": "Decided how an issue goes on",
    "issue.remembered": "A host marked whom it remembers having mailed",
    "host.admitted": "Let a host join that sends",
    "issue.launched": "Started sending an issue",
    "issue.paused": "Paused an issue",
    "issue.sending": "Went on sending an issue",
    "issue.cancelled": "Cancelled an issue",
    "issue.correction_asked": "Asked for a corrected version of an issue",
    "issue.correction_dropped": "Dropped a correction of an issue",
    "issue.corrected": "A corrected version goes to the rest of an issue",
    "link.repaired": "Led a link of letters that are out elsewhere",
    "link.led_back": "Led a repaired link back",
    "issue.sent": "An issue is sent",
    "issue.finished": "Finished an issue: every reader is settled",
}


@blueprint.get("")
@operator
def listing() -> str:
    """The log, page by page."""
    number = request.args.get("page", 1, type=int)
    with reading() as session:
        page = pages.paginate(session, select(AuditEntry).order_by(AuditEntry.id.desc()), number)
        names = accounts.names(session)
    return render_template("admin/audit/listing.html", page=page, names=names, acts=ACTS, details=audit_words.details)
