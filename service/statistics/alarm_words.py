"""Alarms in words: what happened, what readers notice, what to do. English templates, with values; providers by their names."""

from dataclasses import dataclass

from service.core.i18n import translate
from service.delivery.overview.provider_words import PROVIDERS
from service.statistics.alarm_rules import Kind
from service.statistics.models import Alarm


@dataclass(frozen=True)
class Words:
    happened: str
    readers: str
    remedy: str


WORDS = {
    Kind.COMPLAINTS: Words(
        "{number} readers reported this issue as spam: {share} % of the mails that were taken. The bound is 0.1 %.",
        "Above it, providers put the next issues into the spam folder, also for readers who want them. Who complained is not mailed again.",
        "Look at where these readers came from, and whether the letter says clearly who sends it and how to leave. "
        "Above 0.1 % an issue that is still being sent pauses by itself.",
    ),
    Kind.HARD: Words(
        "{number} addresses of this issue do not exist: {share} % of the mails that were taken. The bound is 2 %.",
        "Readers notice nothing yet; providers take many bad addresses for a bought list and then trust the sender less.",
        "Look at the newest import or sign-up form. The bad addresses are on the do-not-mail list already. "
        "An issue that is still being sent pauses by itself.",
    ),
    Kind.DEFERRED: Words(
        "{provider} puts us off: {number} mails wait there, {share} % of its readers.",
        "These readers get the issue later than the others, or not at all if it lasts.",
        "It is tried again by itself. If it does not get better within the hour, look at the delivery page for the server's own words, "
        "and set a slower pace for this provider.",
    ),
    Kind.SILENT: Words(
        "No open and no click has come in for half an hour, though earlier issues had about {usual} in that time.",
        "If the address for clicks does not answer, links in the letter lead nowhere.",
        "Press a link of a letter you got yourself. If it does not open, look at the edge process, its domain and its certificate; "
        "if it does, look at the process that takes hits in (`pressrun doctor`).",
    ),
    Kind.SPAM_FOLDER: Words(
        "At {provider} people press less than half as often as usual: {share} clicks for 100 mails instead of {usual}.",
        "Probably the letter lies in the spam folder there: these readers do not see it.",
        "Look into a mailbox of your own at {provider}. Check SPF, DKIM and DMARC on the newsletter's page, and the provider's "
        "postmaster pages; do not send again before you know.",
    ),
    Kind.BLOCKED: Words(
        "{provider} turned {number} mails of this issue away, {share} % of its readers: it does not trust the sender. "
        "No address is blamed for it.",
        "These readers did not get the issue. They stay subscribed.",
        "Read the provider's own words in the report, under “What came back”; check SPF, DKIM and DMARC on the newsletter's page, "
        "and whether the mail server's address is on a blocklist. What still waits for this provider is held until somebody "
        "presses Resume on the delivery page.",
    ),
    Kind.CONTENT: Words(
        "{provider} turned {number} mails of this issue away, {share} % of its readers: for its content or its size. "
        "No address is blamed for it.",
        "These readers did not get the issue. They stay subscribed.",
        "Read the provider's own words in the report, under “What came back”. Usually it is one link or picture, or a letter that "
        "is too large. What still waits for this provider is held: correct the rest of the issue on its delivery page, then press "
        "Resume there.",
    ),
}


def values(kind: Kind, language: str, *, subject: str, number: int, share: float, usual: float) -> dict[str, str]:
    """What the templates are filled with."""
    provider = translate(language, PROVIDERS.get(subject, subject)) if subject else ""
    figures = f"{usual:.0f}" if kind is Kind.SILENT else f"{usual:.2f}"
    return {"provider": provider, "number": str(number), "share": f"{share:.2f}", "usual": figures}


def sentences(alarm: Alarm, language: str) -> list[str]:
    """An alarm in three sentences: what happened, what readers notice, what to do."""
    filled = values(Kind(alarm.kind), language, subject=alarm.subject, number=alarm.number, share=alarm.share, usual=alarm.usual)
    words = WORDS[Kind(alarm.kind)]
    return [translate(language, text, **filled) for text in (words.happened, words.readers, words.remedy)]
