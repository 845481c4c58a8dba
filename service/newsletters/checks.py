"""What is missing before anything of a newsletter may go out: sender and legal lines (A7, A11, A14, B3). Findings name their setting."""

from service.core.problems import Problem, Severity
from service.newsletters.identity import is_freemail
from service.newsletters.models import Newsletter, OpenMeasurement

NEEDED = (
    ("sender_name", "The sender's name is missing in the newsletter's settings."),
    ("sender_email", "The sender's address is missing in the newsletter's settings."),
    ("legal_name", "The legal sender is missing in the newsletter's settings (it stands in the footer)."),
    ("legal_email", "The contact e-mail is missing in the newsletter's settings (it stands in the footer)."),
    ("legal_telephone", "The telephone number is missing in the newsletter's settings (it stands in the footer)."),
    ("legal_address", "The postal address is missing in the newsletter's settings (it stands in the footer)."),
)
FREEMAIL = "The sender's address is at a mail provider that lets nobody else send in its name; use your own domain."
NOBODY_READS = "Answers go to an address that says nobody reads it; mail providers want one that takes mail."
NO_NOTICE = "Opens are measured with a notice, but the address of the privacy notice is missing."
DEAF_WORDS = ("noreply", "no-reply", "donotreply", "do-not-reply")


def check(newsletter: Newsletter) -> list[Problem]:
    """ERRORs forbid booking, WARNINGs are shown; `values["setting"]` is the name of the setting."""
    found = [_problem(Severity.ERROR, message, name) for name, message in NEEDED if not str(getattr(newsletter, name) or "").strip()]
    if newsletter.sender_email and is_freemail(newsletter.sender_email):
        found.append(_problem(Severity.ERROR, FREEMAIL, "sender_email"))
    if newsletter.open_measurement is OpenMeasurement.NOTICE and not newsletter.privacy_url.strip():
        found.append(_problem(Severity.ERROR, NO_NOTICE, "privacy_url"))
    answers = newsletter.reply_to or newsletter.sender_email
    if answers.partition("@")[0].casefold().startswith(DEAF_WORDS):
        found.append(_problem(Severity.WARNING, NOBODY_READS, "reply_to" if newsletter.reply_to else "sender_email"))
    return found


def _problem(severity: Severity, message: str, setting: str) -> Problem:
    return Problem(severity, message, values={"setting": setting})
