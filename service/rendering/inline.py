"""CSS rules into style attributes. Pure; once per issue, never per reader."""

import logging

_MSO = "[if mso"


class LostConditional(Exception):
    """A conditional comment for Outlook did not survive (A40): a bug in a template."""


def inline(html: str) -> str:
    """Put the style sheet's rules into the elements; the style sheet stays for media queries and dark mode."""
    import cssutils  # both bring much along that only a process needs that really renders
    from premailer import Premailer

    cssutils.ser.prefs.minimizeColorHash = False  # mail programs want six digits
    premailer = Premailer(
        html,
        keep_style_tags=True,
        strip_important=False,
        remove_classes=False,
        cssutils_logging_level=logging.CRITICAL,
        disable_validation=True,
        allow_network=False,
        align_floating_images=False,
        disable_basic_attributes=["width", "height"],
    )
    result: str = premailer.transform()
    if result.count(_MSO) != html.count(_MSO):
        raise LostConditional(f"{html.count(_MSO)} conditional comments before, {result.count(_MSO)} after")
    body = result.removeprefix("<!DOCTYPE html>").lstrip()
    return "<!doctype html>\n" + body + "\n"
