"""The exact words a reader is asked to agree to. What the form shows and what the log stores come from here, so they cannot differ."""

from service.core.i18n import translate
from service.subscribers.models import Purpose

# a changed sentence is a new version by itself: the log stores the words and their hash (B14)
_WORDS = {
    Purpose.NEWSLETTER: (
        "I am 14 years of age or older, and I agree that my e-mail address (and name, if I give one) is kept to send me “{newsletter}”,"
        " until I unsubscribe. (required)"
    ),
    Purpose.ADVERTISING: "I agree to receive advertising information from “{newsletter}” by e-mail. (optional)",
    Purpose.OPEN_TRACKING: "I agree that “{newsletter}” measures whether and when I open its letters. (optional)",
    Purpose.CLICK_TRACKING: "I agree that “{newsletter}” records which links I follow. (optional)",
}
_NAMES = {
    Purpose.NEWSLETTER: "Receiving the newsletter",
    Purpose.ADVERTISING: "Advertising information by e-mail",
    Purpose.OPEN_TRACKING: "Measuring opens",
    Purpose.CLICK_TRACKING: "Measuring clicks",
}


def words(purpose: Purpose, language: str, newsletter_name: str) -> str:
    """The sentence beside the box, in the language of the page."""
    return translate(language, _WORDS[purpose], newsletter=newsletter_name)


def name(purpose: Purpose, language: str) -> str:
    """What a consent is called in lists and notices."""
    return translate(language, _NAMES[purpose])
