"""Profiles of machines that were written after the rules had settled: a second look at what nobody tuned for."""

from tests.support.hits import browsers
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.scanners import Profile, gaps_of, order_of, visit
from tests.support.hits.world import World


def first_and_last(world: World, count: int) -> None:
    """Samples the first and the last link, some minutes after delivery, from a few neighbouring addresses."""
    random = world.random
    browser, base, median = browsers.imitation(random, quality=random.random()), world.places.cloud(), between(random, 60, 1200)
    for _ in range(count):
        delivery = world.delivery()
        start = delivery.accepted_at + waiting(random, median, 0.5)
        ip = world.places.near(base)
        visit(world, "first_and_last", delivery, start, [1, world.links], [random.uniform(0.2, 2)], lambda i=ip: (i, browser))


def in_two_passes(world: World, count: int) -> None:
    """A quick look at one link within seconds; all of them an hour or two later, from elsewhere."""
    random = world.random
    quick, thorough = browsers.imitation(random, quality=random.random()), browsers.imitation(random, quality=random.random())
    here, there = world.places.gateway(), world.places.cloud()
    for _ in range(count):
        delivery, order = world.delivery(), order_of(random, world.links)
        visit(world, "in_two_passes", delivery, delivery.accepted_at + random.uniform(0.5, 9), order[:1], [], lambda: (here, quick))
        start = delivery.accepted_at + random.uniform(3000, 8000)
        visit(world, "in_two_passes", delivery, start, order, gaps_of(random, len(order), 0.5, 20, 0.5), lambda: (there, thorough))


def now_and_then(world: World, count: int) -> None:
    """Looks at few letters only: a handful in the whole sending, all links of each."""
    random = world.random
    browser = browsers.imitation(random, quality=random.random())
    for _ in range(max(1, min(4, count // 10))):
        delivery, order, ip = world.delivery(), order_of(random, world.links), world.places.cloud()
        start = delivery.accepted_at + between(random, 2, 10_000)
        visit(world, "now_and_then", delivery, start, order, gaps_of(random, len(order), 0.1, 5, 0.6), lambda i=ip: (i, browser))


def a_fleet_of_phones(world: World, count: int) -> None:
    """Pretends to be phones, each letter another one, from three networks; half of the links at a lively pace."""
    random = world.random
    bases, wait = [world.places.cloud() for _ in range(3)], between(random, 5, 1800)
    for _ in range(count):
        delivery, browser, ip = world.delivery(), browsers.phone(random), world.places.near(pick(random, bases))
        order = order_of(random, world.links)[: max(1, world.links // 2)]
        start = delivery.accepted_at + wait * random.uniform(0.5, 2)
        visit(world, "a_fleet_of_phones", delivery, start, order, gaps_of(random, len(order), 0.5, 4, 0.5), lambda i=ip, b=browser: (i, b))


def the_clumsy_one(world: World, count: int) -> None:
    """One link again and again, without language, at any time of the day."""
    random = world.random
    browser, ip = browsers.imitation(random, quality=0.0), world.places.cloud()
    for _ in range(count):
        delivery, link = world.delivery(), random.randint(1, world.links)
        start = delivery.accepted_at + between(random, 30, 80_000)
        visit(world, "the_clumsy_one", delivery, start, [link] * 3, [random.uniform(1, 400) for _ in range(2)], lambda: (ip, browser))


UNSEEN: tuple[Profile, ...] = (first_and_last, in_two_passes, now_and_then, a_fleet_of_phones, the_clumsy_one)
