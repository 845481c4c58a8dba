"""Profiles of readers. Each function plays all readers of its kind in one world; parameters are drawn per world."""

from collections.abc import Callable

from tests.support.hits import browsers
from tests.support.hits.browsers import Browser
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.world import HUMAN, MACHINE, Delivery, World, spread_out

Profile = Callable[[World, int], None]


def read(
    world: World,
    profile: str,
    ip: str,
    browser: Browser,
    *,
    median: float = 3000,
    spread: float = 1.6,
    most: int = 3,
    delivery: Delivery | None = None,
) -> None:
    """The ordinary reader of a new delivery, or of this one: opens, and often presses a link or a few."""
    random, delivery = world.random, delivery or world.delivery()
    at = delivery.accepted_at + world.reads(median, spread)
    world.mailbox(profile, delivery, at, ip, browser)
    if random.random() > world.opening:
        return
    count = 1 if random.random() < 0.65 else random.randint(1, most)
    moments = spread_out(random, at + waiting(random, 25, 1.0), (waiting(random, 40, 1.2) for _ in range(count - 1)))
    for moment in moments:
        world.click(profile, HUMAN, delivery, moment, world.favourite(), ip, browser)


def at_home(world: World, count: int) -> None:
    median, spread = between(world.random, 300, 20_000), world.random.uniform(1.0, 2.2)
    for _ in range(count):
        read(world, "at_home", world.places.home(), browsers.any_of_a_person(world.random), median=median, spread=spread)


def on_the_carrier(world: World, count: int) -> None:
    median, spread = between(world.random, 60, 10_000), world.random.uniform(0.9, 2.0)
    for _ in range(count):
        browser = pick(world.random, (browsers.phone, browsers.in_app))(world.random)
        read(world, "on_the_carrier", world.places.carrier(), browser, median=median, spread=spread)


def in_korean_apps(world: World, count: int) -> None:
    for _ in range(count):
        ip = world.places.carrier() if world.random.random() < 0.6 else world.places.home()
        read(world, "in_korean_apps", ip, browsers.in_app(world.random), median=1500)


def in_an_office(world: World, count: int) -> None:
    """Colleagues behind one address, often with the same browser from the same image."""
    random = world.random
    while count > 0:
        ip, size, standard = world.places.office(), random.randint(3, 40), browsers.desktop(random)
        for _ in range(min(size, count)):
            browser = standard if random.random() < 0.5 else browsers.desktop(random)
            read(world, "in_an_office", ip, browser, median=2500, spread=1.5)
        count -= size


def on_push(world: World, count: int) -> None:
    """A phone buzzes, a thumb follows: opened within seconds of acceptance, pressed a few seconds later."""
    random = world.random
    for _ in range(count):
        delivery = world.delivery()
        ip = world.places.carrier() if random.random() < 0.6 else world.places.home()
        browser = pick(random, (browsers.phone, browsers.in_app))(random)
        at = delivery.accepted_at + random.uniform(1.5, 12)
        world.mailbox("on_push", delivery, at, ip, browser)
        for moment in spread_out(random, at + random.uniform(1.2, 9), [waiting(random, 15, 0.8)] * (random.random() < 0.25)):
            world.click("on_push", HUMAN, delivery, moment, world.favourite(), ip, browser)


def with_tabs(world: World, count: int) -> None:
    """Opens what looks interesting in background tabs, one press after the other, and reads later."""
    random = world.random
    for _ in range(count):
        delivery, browser, ip = world.delivery(), browsers.desktop(random), world.places.home()
        at = delivery.accepted_at + world.reads()
        world.mailbox("with_tabs", delivery, at, ip, browser)
        most = max(2, min(7, round(world.links * random.uniform(0.2, 0.8))))
        wanted = sorted(random.sample(range(1, world.links + 1), min(world.links, random.randint(2, most))))
        gaps = (waiting(random, random.uniform(0.7, 2.5), 0.5) for _ in wanted[1:])
        for link, moment in zip(wanted, spread_out(random, at + waiting(random, 20, 1.0), gaps), strict=True):
            world.click("with_tabs", HUMAN, delivery, moment, link, ip, browser)


def over_a_vpn(world: World, count: int) -> None:
    """A company whose people all leave from one data centre."""
    random = world.random
    exits = [world.places.cloud() for _ in range(random.randint(1, 3))]
    for _ in range(count):
        read(world, "over_a_vpn", pick(random, exits), browsers.desktop(random), median=2500)


def over_private_relay(world: World, count: int) -> None:
    for _ in range(count):
        browser = browsers.phone(world.random)
        read(world, "over_private_relay", world.places.apple(), browser)


def with_old_browsers(world: World, count: int) -> None:
    for _ in range(count):
        read(world, "with_old_browsers", world.places.home(), browsers.aged(world.random))


def pressing_twice(world: World, count: int) -> None:
    random = world.random
    for _ in range(count):
        delivery, browser, ip = world.delivery(), browsers.any_of_a_person(random), world.places.home()
        at = delivery.accepted_at + world.reads(2000)
        world.mailbox("pressing_twice", delivery, at, ip, browser)
        link, moment = world.favourite(), at + waiting(random, 25, 1.0)
        for again in spread_out(random, moment, [random.uniform(0.08, 0.6)] * random.randint(1, 2)):
            world.click("pressing_twice", HUMAN, delivery, again, link, ip, browser)


def looking_ahead(world: World, count: int) -> None:
    """A long press or a mail program loads the page in advance (a machine), then the reader goes there."""
    random = world.random
    for _ in range(count):
        delivery, browser, ip = world.delivery(), browsers.phone(random), world.places.home()
        at = delivery.accepted_at + world.reads()
        world.mailbox("looking_ahead", delivery, at, ip, browser)
        link, moment = world.favourite(), at + waiting(random, 20, 1.0)
        extra = pick(
            random, ({"Sec_Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"X_Moz": "prefetch"}, {"Sec_Purpose": "prefetch;prerender"})
        )
        world.click("prefetch", MACHINE, delivery, moment, link, ip, browser, **extra)
        if random.random() < 0.7:
            world.click("looking_ahead", HUMAN, delivery, moment + random.uniform(0.5, 8), link, ip, browser)


TUNED: tuple[Profile, ...] = (
    at_home,
    on_the_carrier,
    in_korean_apps,
    in_an_office,
    on_push,
    with_tabs,
    over_a_vpn,
    over_private_relay,
    with_old_browsers,
    pressing_twice,
    looking_ahead,
)
