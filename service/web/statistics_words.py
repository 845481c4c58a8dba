"""How the report's figures are said and what each of them counts: English templates, translated on the page."""

DOORS = {  # a source of the consent log -> by which door a reader left
    "one-click": "The unsubscribe button of the mail program",
    "unsubscribe page": "The link in the letter",
    "mail": "A mail that asked to leave",
    "reply": "A mail that asked to leave",
    "complaint": "A complaint to the provider",
    "desk": "The desk, for the reader",
}
RATES = (  # name in rates.Rates.shares, words, base in words
    ("clicked_human", "Readers who clicked", "of mails taken"),
    ("opened_human", "Readers who surely opened", "of readers whose opens we may count"),
    ("opened", "Readers who opened, machines included", "of readers whose opens we may count"),
    ("left", "Readers who left", "of mails taken"),
    ("hard", "Addresses that do not exist", "of mails taken"),
    ("complained", "Complaints", "of mails taken"),
)


def door(source: str) -> str:
    """By which door, to be translated; one that we have no words for is shown by its name."""
    return DOORS.get(source, source)
