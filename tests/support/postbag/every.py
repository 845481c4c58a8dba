"""Mails as the systems of the field make them, written for this project, each with what a careful reader says it is."""

from tests.support.postbag import (
    answers,
    answers_more,
    answers_of_servers,
    asia,
    complained,
    europe,
    gateways,
    google,
    korea,
    localised,
    microsoft,
    notices,
    others,
    people,
    people_more,
    postfix,
    services,
    text_only,
    unix,
    webmail,
)
from tests.support.postbag.building import Sample

FAMILIES = {
    "microsoft": microsoft,
    "google": google,
    "webmail": webmail,
    "postfix": postfix,
    "unix": unix,
    "gateways": gateways,
    "korea": korea,
    "asia": asia,
    "europe": europe,
    "answers": answers,
    "complaints": complained,
    "people": people,
    "others": others,
    "services": services,
    "localised": localised,
    "notices": notices,
    "more answers": answers_more,
    "answers of servers": answers_of_servers,
    "more people": people_more,
    "text only": text_only,
}


def samples() -> list[Sample]:
    """Every mail of every family."""
    return [sample for family in FAMILIES.values() for sample in family.samples()]
