"""Populations: a seed draws a world, which profiles live in it, and how many of each."""

from collections.abc import Sequence
from random import Random

from tests.support.hits import (
    people,
    people_fresh,
    people_held_out,
    people_unseen,
    scanners,
    scanners_fresh,
    scanners_held_out,
    scanners_unseen,
)
from tests.support.hits.people import Profile
from tests.support.hits.world import World


def population(seed: int, who: Sequence[Profile], what: Sequence[Profile], *, readers: int = 400) -> World:
    """A world of some of the profiles `who` (people) and `what` (machines), about `readers` readers large."""
    random = Random(seed)
    world = World(random)
    size = max(40, round(readers * random.uniform(0.3, 2)))
    for profile in random.sample(list(who), random.randint(min(3, len(who)), min(8, len(who)))):
        profile(world, max(3, round(size * random.uniform(0.05, 0.4))))
    for profile in random.sample(list(what), random.randint(min(2, len(what)), min(6, len(what)))):
        profile(world, max(3, round(size * random.uniform(0.01, 0.25))))
    return world


def tuned(seed: int, *, readers: int = 400) -> World:
    """A population of the profiles the rules were tuned on."""
    return population(seed, people.TUNED, scanners.TUNED, readers=readers)


def held_out(seed: int, *, readers: int = 400) -> World:
    """A population whose machines and most of whose people the rules were not tuned on; ordinary readers live there too."""
    who = (*people_held_out.HELD_OUT, people.at_home, people.on_the_carrier, people.in_an_office)
    return population(seed, who, scanners_held_out.HELD_OUT, readers=readers)


def unseen(seed: int, *, readers: int = 400) -> World:
    """A population of profiles that were written when the rules were finished, among ordinary readers."""
    who = (*people_unseen.UNSEEN, people.at_home, people.on_the_carrier, people.in_an_office, people.on_push)
    return population(seed, who, scanners_unseen.UNSEEN, readers=readers)


def fresh(seed: int, *, readers: int = 400) -> World:
    """A population written for a second look at the hard cases, among ordinary readers."""
    who = (*people_fresh.FRESH, people.at_home, people.on_the_carrier, people.in_an_office, people.on_push)
    return population(seed, who, scanners_fresh.FRESH, readers=readers)
