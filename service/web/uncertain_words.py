"""The choices about mails of which nobody knows whether they arrived, each with its consequence, and what a press means. English msgids."""

import re

from werkzeug.datastructures import MultiDict

from service.core.errors import Invalid
from service.delivery.models import Known
from service.delivery.uncertain.settling_choices import Choice
from service.web.templating import translate

CHOICES = (  # choice, title, consequence, kind of button, icon
    (
        Choice.TOOK_IT.value,
        "They have it",
        "They are counted as taken, by your decision, and are not sent to again. Who did not get it will miss this issue.",
        "secondary",
        "check",
    ),
    (
        Choice.SEND_AGAIN.value,
        "Send again",
        "It goes out once more, marked as maybe a second copy. Nobody misses it; who has it already may see it twice.",
        "secondary",
        "send",
    ),
    (
        Choice.LEAVE.value,
        "Leave it",
        "They stay “not sure” and are never sent to again. Nobody gets it twice; who did not get it will miss this issue.",
        "secondary",
        "clock",
    ),
)
DONE = {
    Choice.TOOK_IT: "Counted as having it, by your decision: {number}.",
    Choice.SEND_AGAIN: "Sent again, marked as maybe a second copy: {number}.",
    Choice.LEAVE: "Left as “not sure”: {number}.",
}
KNOWN = {
    Known.SEEN: "The mail server's log says that it began to take the mail, and not how that ended.",
    Known.ABSENT: "The mail server's log covers that time and does not name the mail; that is a hint and no proof.",
}
SILENCE = re.compile(r"no answer within (\d+) seconds")
PLACE = re.compile(r"(\S+:\d+: )(.+)", re.DOTALL)  # which mail server, before what happened
NOTHING = "Nothing was left to decide: it had been settled meanwhile."


class NobodyChosen(Invalid):
    """A button for the ticked ones was pressed, and none is ticked."""


def cause(text: str) -> str:
    """Why nobody knows, in the language of this page; the sender's own words where there are no others."""
    place = PLACE.fullmatch(text)
    if place:
        return place[1] + cause(place[2])
    silence = SILENCE.match(text)
    if silence:
        return translate("No answer came within {seconds} seconds.", seconds=silence[1])
    return translate(text) if text else translate("The reply was lost.")


def chosen(form: MultiDict[str, str]) -> tuple[Choice, list[int] | None]:
    """What a press means: the choice, and for whom (None: for all). Raises NobodyChosen, Invalid."""
    name, _, whom = form.get("act", "").partition(":")
    choice = next((each for each in Choice if each.value == name), None)
    if choice is None or whom not in ("some", "all"):
        raise Invalid("This button is not known here.", remedy="Load the page again.")
    if whom == "all":
        return choice, None
    who = [int(value) for value in form.getlist("reader") if value.isdecimal() and len(value) < 19]
    if not who:
        raise NobodyChosen("Nobody is ticked.", remedy="Tick the readers you mean, or press the button for all.")
    return choice, who
