"""The rules by which hits are labelled, as data: signs with their weights and words, thresholds, a version. Pure; nothing is decided here.

A weight is a summand of log-odds: above zero it speaks for a machine, below for a person. Change a weight, a sign or a range and count
VERSION up, measure with the command of docs/labels.md, and relabel.
"""

from dataclasses import dataclass

VERSION = 4

MACHINE_FROM = 1.0  # a sum from here on is a machine's
HUMAN_BELOW = 0.2  # below it a person's; in between the evidence contradicts itself (C6)
DECISIVE = 8.0  # what a program says about itself; nothing outweighs it

PRIOR_CLICK = -1.2
PRIOR_OPEN = -1.5


@dataclass(frozen=True)
class Sign:
    """One piece of evidence: its name (stored as the reason), weight in log-odds, and what it means in a sentence."""

    name: str
    weight: float
    text: str


_ROWS = (
    # --- a program that says what it is
    Sign("prefetch", DECISIVE, "The request says that it looks ahead (Purpose, Sec-Purpose, X-Moz)."),
    Sign("not_get", DECISIVE, "A person's click is a GET; this was a HEAD, OPTIONS or another method."),
    Sign("apple_privacy_proxy", DECISIVE, "Apple's privacy proxy loads every picture, read or not."),
    Sign("image_proxy", DECISIVE, "A mail service's picture proxy loaded it; who looked, and how often, is hidden."),
    Sign("security_scanner", DECISIVE, "The program names itself as a security scanner."),
    Sign("bot", DECISIVE, "The program names itself as a bot or a link preview."),
    Sign("library", DECISIVE, "The program is a library or a headless browser."),
    # --- the hit alone
    Sign("no_user_agent", 2.6, "The program gives no name."),
    Sign("bare_user_agent", 3.0, "The program's name is a browser's with nothing behind it."),
    Sign("ancient_browser", 1.6, "The browser it claims to be is out of use."),
    Sign("old_browser", 0.5, "The browser it claims to be is years old."),
    Sign("no_language", 1.6, "A browser sends the reader's languages; this one sent none."),
    Sign("accepts_anything", 1.2, "A browser that follows a link asks for a page; this one asked for anything."),
    Sign("no_fetch_metadata", 0.9, "A browser of this version says how it got here; this one did not."),
    Sign("poor_encoding", 0.4, "A browser of this version accepts more compressions."),
    Sign("browser_headers", -0.6, "It sent everything that a browser sends when somebody follows a link."),
    Sign("from_webmail", -0.9, "It came from a page of a webmail service."),
    Sign("from_app", -0.6, "It came out of an app in which people read."),
    Sign("gateway_network", 2.6, "The address belongs to a mail security service."),
    Sign("cloud_network", 1.0, "The address belongs to a data centre."),
    Sign("crawler_network", 2.0, "The address belongs to a company's crawlers and proxies."),
    Sign("apple_network", 1.5, "Apple's relays load pictures ahead."),
    Sign("proxy_network", 2.6, "The address belongs to a mail service's picture proxy."),
    Sign("carrier_network", -0.5, "The address belongs to a mobile carrier, whose readers share few addresses."),
    Sign("before_acceptance", 2.0, "It came before the receiving server had taken the letter."),
    Sign("at_once", 1.7, "It came within two seconds of acceptance."),
    Sign("within_seconds", 1.0, "It came within five seconds of acceptance."),
    Sign("within_ten_seconds", 0.6, "It came within ten seconds of acceptance."),
    # --- the other hits of the same delivery
    Sign("all_links_quickly", 3.5, "Nearly all of the letter's many links were pressed within a minute."),
    Sign("some_links_all_quickly", 2.0, "Nearly all links of the letter were pressed within a minute."),
    Sign("few_links_all_quickly", 1.4, "All of the few links of the letter were pressed within a minute."),
    Sign("all_links", 1.8, "Nearly all links of the letter were pressed by the same program."),
    Sign("most_links_quickly", 1.2, "Most links of the letter were pressed within a minute."),
    Sign("many_links_at_once", 2.6, "Five links or more were pressed within three seconds."),
    Sign("three_links_at_once", 0.8, "Three links were pressed within two seconds."),
    Sign("faster_than_a_hand", 2.0, "Several links followed one another faster than a hand can press."),
    Sign("quicker_than_a_hand", 1.0, "Two links followed one another faster than a hand can press."),
    Sign("even_pace", 1.2, "The links followed one another at an even pace."),
    Sign("many_networks_for_one", 2.5, "Links of one letter were pressed from three networks or more within a minute."),
    Sign("asked_before", 2.2, "The same program asked for the link's headers first."),
    Sign(
        "pressed_again_elsewhere", 0.8, "Somebody else pressed the same link within seconds, as behind a service that checks at the click."
    ),
    Sign("opened_just_before", -0.4, "The same reader had opened the letter a moment before."),
    Sign("opened_before", -1.2, "The same reader had opened the letter before."),
    Sign("opened_by_proxy_before", -0.6, "A mail service had shown the letter's pictures shortly before."),
    Sign("after_a_machine", -1.0, "A machine had gone through the letter's links before; this came minutes later, for one or two."),
    Sign("never_opened", 0.3, "The letter was never opened."),
    # --- the same source in other deliveries
    Sign("always_at_once", 2.6, "This source presses within seconds of acceptance in letter after letter."),
    Sign("always_all_links", 2.8, "This source presses nearly all links in letter after letter."),
    Sign("always_same_wait", 3.2, "This source waits the same time after acceptance in letter after letter."),
    Sign("similar_wait", 2.3, "This source waits nearly the same time after acceptance in letter after letter."),
    Sign("often_same_wait", 1.2, "This source waits about the same time after acceptance in letter after letter."),
    Sign("many_letters_at_once", 1.2, "One address pressed links in twenty letters within a minute, with few programs."),
    Sign("data_centre_reads_many", 1.2, "A data centre's network presses links in many letters and opens none."),
    Sign("most_links_again", 1.6, "This source presses most links in letter after letter."),
    Sign("several_links_again", 1.8, "Three links or more are pressed from there in nearly every letter."),
    Sign("ever_before_another", 3.0, "This source presses a link seconds before its reader does, in letter after letter."),
    Sign("presses_unopened", 1.4, "This source presses links in letter after letter that nobody has opened."),
    Sign(
        "presses_from_next_door", 1.6, "Neighbouring addresses with one program press links in letter after letter that nobody has opened."
    ),
    Sign("opens_from_next_door", 3.4, "Neighbouring addresses with one program open letter after letter the same time after acceptance."),
    Sign("reads_like_people", -2.2, "Who comes from there comes at all hours, presses few links, and opens letters."),
    Sign("source_is_machine", 0.0, "The same source behaved like a machine in other letters."),
    Sign("source_is_human", 0.0, "The same source behaved like people in other letters."),
)
SIGNS = {sign.name: sign for sign in _ROWS}
NUMBERS = {sign.name: number for number, sign in enumerate(_ROWS)}
NAMES = tuple(SIGNS)

# reasons that are no sign
NO_MACHINE_SIGN = "no_machine_sign"
SIGNS_DISAGREE = "signs_disagree"
NOTHING_KNOWN = "nothing_known"
FURTHER = {
    NO_MACHINE_SIGN: "Nothing speaks for a machine.",
    SIGNS_DISAGREE: "Some signs speak for a machine and some for a person.",
    NOTHING_KNOWN: "Neither program nor address is known.",
}

TEXTS = {**{sign.name: sign.text for sign in _ROWS}, **FURTHER}


@dataclass(frozen=True)
class Level:
    """How much the same source in other deliveries says: `weight` of its log-odds, half of it at `half` deliveries.

    A level that is `for_opens` tells opens alone: a picture is asked for with other headers than a page, so that only the name is the same.
    """

    name: str
    weight: float
    half: float
    for_opens: bool = False


LEVELS = (
    Level("address_and_program", 0.7, 1.5),
    Level("network_and_name", 0.9, 1.0, for_opens=True),
    Level("network_and_program", 0.5, 2.0),
    Level("network_and_headers", 0.3, 4.0),
    Level("network", 0.25, 4.0),
    Level("program", 0.3, 8.0),
)
MOST_FROM_SOURCES = 4.0  # log-odds
HABITS_HEARD = 0.7  # the share of a source's own signs that its other deliveries hear again
OTHER_MANNER = 0.3  # how much of a voice visits have in which the source behaved differently: one link now, all links then
OTHER_HEARD = 3.0  # deliveries: as many of the other manner are heard at least, and no more than there are of the same
