"""How the report's figures are said and what each of them counts: English templates, translated on the page."""

from service.delivery.states import DeliveryState
from service.web.delivery_words import STATES

DOORS = {  # a source of the consent log -> by which door a reader left
    "one-click": "The unsubscribe button of the mail program",
    "unsubscribe page": "The link in the letter",
    "mail": "A mail that asked to leave",
    "reply": "A mail that asked to leave",
    "complaint": "A complaint to the provider",
    "desk": "The desk, for the reader",
}
RATES = (  # name in rates.Rates.shares, base in words; a name is one of MEANINGS, too
    ("clicked_human", "of mails taken"),
    ("opened_human", "of readers whose opens we may count"),
    ("opened", "of readers whose opens we may count"),
    ("left", "of mails taken"),
    ("hard", "of mails taken"),
    ("complained", "of mails taken"),
)
COUNTED_AT_AGE = ("clicked_human", "opened_human", "opened")  # in a comparison of a young issue
MEANINGS = {  # figure -> its name, what it counts
    "clicked_human": (
        "Readers who clicked",
        "Different readers of whom at least one click was a person's by many signs together: what the program says, where it "
        "comes from, how soon, how fast and how regularly it presses, and what the same source did in other letters. Only "
        "readers who may be counted one by one are among them.",
    ),
    "with_machines": (
        "With machines",
        "The same without a look at labels: also what security scanners, picture proxies and link previews did in a reader's "
        "name, and what nobody can tell.",
    ),
    "opens": (
        "Readers who opened",
        "The lower figure counts readers of whom one open was surely a person's, the higher one also those whose pictures a mail "
        "program or a proxy loaded by itself. The truth lies between. Only readers whose opens may be counted are part of it; "
        "opens are no measure of success.",
    ),
    "opened_human": ("Readers who surely opened", "Different readers of whom at least one open was surely a person's."),
    "opened": (
        "Readers who opened, machines included",
        "Different readers whose pictures were loaded, by whomever: some mail programs load them whether the letter is read or not.",
    ),
    "base": (
        "Base of opens",
        "Readers whose mail was taken and whose opens we may count: they agreed, or the newsletter measures with a notice. Opens "
        "are a share of nothing else.",
    ),
    "left": ("Readers who left", "Readers of this issue who unsubscribed within seven days after it, and before the next one."),
    "complained": (
        "Complaints",
        "Readers who reported the letter to their provider. Above 0.1 percent of mails taken, providers begin to distrust the sender.",
    ),
    "returned": (
        "Came back",
        "A bounce does not undo that the mail server took the letter: it came back later. Only addresses that do not exist, or "
        "never will again, are put on the do-not-mail list at once; blocks and rules of a mail server are never held against a "
        "reader.",
    ),
    "hard": (
        "Addresses that do not exist",
        "Readers whose provider said for good that there is no such address, or that it takes no mail. Nothing else counts as gone.",
    ),
    "not_mailed": ("Not mailed any more", "How many of these readers' addresses went on the do-not-mail list because of it."),
    "part": (
        "Share of a part",
        "Of all readers who clicked in this issue, how many clicked in this part. Who clicked in several counts in each, so that "
        "the shares add up to more than 100 %.",
    ),
    "link_readers": ("Readers of a link", "Different readers who pressed this link; who pressed twice counts once."),
    "clicks": (
        "Clicks by people",
        "Every press of a link that was a person's, the second one of the same reader and those of readers who may not be "
        "counted one by one included.",
    ),
    "all_clicks": ("All clicks", "Every press of a link, by whomever or whatever."),
    "opens_human": ("Opens by people", "Every time the letter's pictures were loaded and it was surely a person."),
    "all_opens": ("All opens", "Every time the letter's pictures were loaded, by whomever or whatever."),
    "usual": (
        "Usually",
        "The average of the earlier issues, each counting the same. While this issue is younger than three days, the others' "
        "opens and clicks are what they had had at its age, by the course of their hits.",
    ),
    "difference": ("Difference", "In percentage points: 8 % where 10 % is usual is −2 points."),
    "label": (
        "By whom",
        "Each hit bears a label: a person's, a machine's, or unknown where signs disagree. It is provisional at first, and final "
        "once the quarter of an hour around it is over.",
    ),
    "rules": ("Rules", "The version of the rules that tell people from machines. What older rules gave stays as it was reported."),
    **{state.value: (STATES[state][0], STATES[state][2]) for state in DeliveryState},
    "accepted": (
        "Taken by the mail server",
        "Taken by the mail server means that the server of the reader's provider, or our relay, accepted the letter. Whether it "
        "lies in the inbox is not known.",
    ),
}


def door(source: str) -> str:
    """By which door, to be translated; one that we have no words for is shown by its name."""
    return DOORS.get(source, source)
