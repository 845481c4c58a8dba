"""The holes of a compiled issue that each reader's values fill. Pure.

Every token is one opaque word of letters and digits, which neither MJML nor an inliner nor a browser takes apart.
"""

import re

from service.subscribers.tokens import ACTING_LENGTH, LEAVING_LENGTH
from service.tracking.paths import CLICK_PATH
from service.tracking.tokens import MEASURING_LENGTH

MEASURING = "measuring"  # sits in click, pixel and view-in-browser addresses
ACTING = "acting"  # sits in the addresses that leave or choose
LEAVING = "leaving"  # sits in the mail address that leaves (RFC 2369)
NAME = "name"  # the reader's name, or a neutral word
TRACKED = "tracked"  # the choice of the pixel: only for readers whose opens we may count (B15)

LONGEST = {MEASURING: MEASURING_LENGTH, ACTING: ACTING_LENGTH, LEAVING: LEAVING_LENGTH, NAME: 600}  # octets once filled and escaped
NEUTRAL_NAMES = {"ko": "독자", "en": "you"}

TOKEN = re.compile(r"pr0field0([a-z]+)0")
CHOICE = re.compile(r"pr0begin0([a-z]+)0(.*?)pr0end0(?:\1)0", re.DOTALL)
LINK = re.compile(r"pr0link0(\d+)0")  # a tracked link before it has its number
NUMBERED = re.compile(rf"{CLICK_PATH}pr0field0measuring0/(\d+)")  # and after
ADDRESS = re.compile(r"pr0href0(\d+)0")  # an address while the letter is being put together
RESERVED = re.compile(r"p(?=r0(?:field|begin|end|link|href)0)")


def token(name: str) -> str:
    """The word that stands where the value of field `name` will be."""
    return f"pr0field0{name}0"


def begin(flag: str) -> str:
    """The word before a segment that stands only where `flag` is true."""
    return f"pr0begin0{flag}0"


def end(flag: str) -> str:
    return f"pr0end0{flag}0"


def neutral_name(language: str) -> str:
    """How a reader is called whose name we do not know."""
    return NEUTRAL_NAMES.get(language, NEUTRAL_NAMES["en"])
