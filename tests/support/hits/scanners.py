"""Profiles of machines that press links. Each function plays one installation in one world; parameters are drawn per world."""

from collections.abc import Callable, Sequence
from random import Random

from tests.support.hits import browsers
from tests.support.hits.browsers import Browser
from tests.support.hits.chance import between, pick
from tests.support.hits.people import read
from tests.support.hits.world import MACHINE, Delivery, World, spread_out

Profile = Callable[[World, int], None]


def visit(
    world: World,
    profile: str,
    delivery: Delivery,
    start: float,
    links: Sequence[int],
    gaps: Sequence[float],
    source: Callable[[], tuple[str, Browser]],
    **extra: str,
) -> None:
    for link, moment in zip(links, spread_out(world.random, start, gaps), strict=True):
        ip, browser = source()
        world.click(profile, MACHINE, delivery, moment, link, ip, browser, **extra)


def gaps_of(random: Random, count: int, low: float, high: float, jitter: float) -> list[float]:
    step = between(random, low, high)
    return [step * random.uniform(1 - jitter, 1 + jitter) for _ in range(count - 1)]


def order_of(random: Random, links: int) -> list[int]:
    order = list(range(1, links + 1))
    if random.random() < 0.4:
        random.shuffle(order)
    return order


def gateway_at_once(world: World, count: int) -> None:
    """Every link at delivery, from the gateway's own addresses."""
    random = world.random
    browser = browsers.imitation(random, quality=random.random())
    home = [world.places.gateway() for _ in range(random.randint(1, 4))]
    wait = between(random, 0.3, 20)
    for _ in range(count):
        delivery, ip = world.delivery(), pick(random, home)
        order = order_of(random, world.links)
        visit(
            world,
            "gateway_at_once",
            delivery,
            delivery.accepted_at + wait * random.uniform(0.5, 2),
            order,
            gaps_of(random, len(order), 0.01, 0.6, 0.8),
            lambda ip=ip: (ip, browser),
        )  # type: ignore[misc]


def cloud_in_sequence(world: World, count: int) -> None:
    """Every link, one after the other, from rented machines with neighbouring addresses."""
    random = world.random
    browser = browsers.imitation(random, quality=random.random())
    base, wait = world.places.cloud(), between(random, 1, 300)
    for _ in range(count):
        delivery = world.delivery()
        ip, order = world.places.near(base), order_of(random, world.links)
        gaps = gaps_of(random, len(order), 0.2, 4, random.uniform(0.05, 0.9))
        visit(
            world,
            "cloud_in_sequence",
            delivery,
            delivery.accepted_at + wait * random.uniform(0.7, 1.5),
            order,
            gaps,
            lambda ip=ip: (ip, browser),
        )  # type: ignore[misc]


def after_a_while(world: World, count: int) -> None:
    """Waits ten minutes to two hours, then every link."""
    random = world.random
    browser = browsers.imitation(random, quality=random.random())
    base, wait = world.places.cloud(), between(random, 600, 7200)
    for _ in range(count):
        delivery = world.delivery()
        ip, order = world.places.near(base), order_of(random, world.links)
        start = delivery.accepted_at + wait * random.uniform(0.8, 1.3)
        visit(world, "after_a_while", delivery, start, order, gaps_of(random, len(order), 0.1, 3, 0.5), lambda ip=ip: (ip, browser))  # type: ignore[misc]


def one_link_later(world: World, count: int) -> None:
    """About half an hour later, a single link of each letter, with a browser's headers, from a scanner's network."""
    random = world.random
    browser = browsers.imitation(random, quality=random.uniform(0.5, 1))
    base, wait, jitter = world.places.cloud(), between(random, 900, 3600), random.uniform(0.02, 0.35)
    for _ in range(count):
        delivery = world.delivery()
        start = delivery.accepted_at + wait * random.uniform(1 - jitter, 1 + jitter)
        visit(world, "one_link_later", delivery, start, [random.randint(1, world.links)], [], lambda: (world.places.near(base), browser))


def one_link_at_once(world: World, count: int) -> None:
    """A single link of each letter within seconds of acceptance, some before it was written down."""
    random = world.random
    browser = browsers.imitation(random, quality=random.uniform(0.3, 1))
    base, low = world.places.cloud(), random.uniform(-2, 1)
    for _ in range(count):
        delivery = world.delivery()
        start = delivery.accepted_at + random.uniform(low, low + 8)
        visit(world, "one_link_at_once", delivery, start, [random.randint(1, world.links)], [], lambda: (world.places.near(base), browser))


def head_then_get(world: World, count: int) -> None:
    random = world.random
    browser = browsers.imitation(random, quality=random.random())
    base, wait = world.places.cloud(), between(random, 1, 3000)
    for _ in range(count):
        delivery, ip = world.delivery(), world.places.near(base)
        start = delivery.accepted_at + wait * random.uniform(0.7, 1.4)
        for link in random.sample(range(1, world.links + 1), min(world.links, random.randint(1, 4))):
            world.click("head_then_get", MACHINE, delivery, start, link, ip, browser, method="HEAD")
            if random.random() < 0.8:
                world.click("head_then_get", MACHINE, delivery, start + random.uniform(0.05, 2), link, ip, browser)
            start += random.uniform(0.2, 5)


def headless_browsers(world: World, count: int) -> None:
    random = world.random
    browser = browsers.headless(random)
    for _ in range(count):
        delivery = world.delivery()
        order = random.sample(range(1, world.links + 1), random.randint(1, world.links))
        start = delivery.accepted_at + between(random, 1, 7200)
        visit(
            world,
            "headless_browsers",
            delivery,
            start,
            order,
            gaps_of(random, len(order), 0.1, 10, 0.5),
            lambda: (world.places.cloud(), browser),
        )


def slow_crawl(world: World, count: int) -> None:
    """Most links at the pace of a reader."""
    random = world.random
    browser = browsers.imitation(random, quality=random.random())
    base, wait, share = world.places.cloud(), between(random, 5, 3600), random.uniform(0.7, 1)
    for _ in range(count):
        delivery, ip = world.delivery(), world.places.near(base)
        order = order_of(random, world.links)[: max(1, round(world.links * share))]
        start = delivery.accepted_at + wait * random.uniform(0.7, 1.5)
        visit(world, "slow_crawl", delivery, start, order, gaps_of(random, len(order), 3, 40, 0.6), lambda ip=ip: (ip, browser))  # type: ignore[misc]


def from_many_addresses(world: World, count: int) -> None:
    """Each link of a letter from another address in another network, all with one browser."""
    random = world.random
    browser, wait = browsers.imitation(random, quality=random.random()), between(random, 2, 2000)
    pool = [world.places.cloud() for _ in range(random.randint(5, 60))]
    for _ in range(count):
        delivery, order = world.delivery(), order_of(random, world.links)
        start = delivery.accepted_at + wait * random.uniform(0.7, 1.5)
        visit(
            world,
            "from_many_addresses",
            delivery,
            start,
            order,
            gaps_of(random, len(order), 0.05, 3, 0.7),
            lambda: (pick(random, pool), browser),
        )


def in_the_office(world: World, count: int) -> None:
    """An appliance behind the address that the colleagues share: it presses, they read."""
    random = world.random
    ip, size = world.places.office(), random.randint(4, max(5, count))
    scanner = browsers.imitation(random, quality=random.random())
    standard = browsers.desktop(random)
    wait, share = between(random, 1, 600), random.uniform(0.7, 1)
    for _ in range(size):
        delivery = world.delivery()
        order = order_of(random, world.links)[: max(1, round(world.links * share))]
        start = delivery.accepted_at + wait * random.uniform(0.7, 1.5)
        visit(world, "in_the_office", delivery, start, order, gaps_of(random, len(order), 0.05, 2, 0.6), lambda: (ip, scanner))
        reader = standard if random.random() < 0.5 else browsers.desktop(random)
        read(world, "beside_the_scanner", ip, reader, delivery=delivery)


def link_previews(world: World, count: int) -> None:
    random = world.random
    for _ in range(count):
        delivery = world.delivery()
        start = delivery.accepted_at + between(random, 30, 50_000)
        visit(
            world, "link_previews", delivery, start, [world.favourite()], [], lambda: (world.places.cloud(), browsers.link_preview(random))
        )


def mail_programs_ahead(world: World, count: int) -> None:
    """Mail programs that load pages before they are asked for, and say so."""
    random = world.random
    for _ in range(count):
        delivery, browser, ip = world.delivery(), browsers.phone(random), world.places.home()
        start = delivery.accepted_at + between(random, 1, 20_000)
        links = random.sample(range(1, world.links + 1), random.randint(1, min(3, world.links)))
        extra = pick(random, ({"Purpose": "prefetch"}, {"Sec_Purpose": "prefetch"}, {"X_Moz": "prefetch"}))
        visit(world, "mail_programs_ahead", delivery, start, links, [0.2] * (len(links) - 1), lambda source=(ip, browser): source, **extra)


def looking_like_others(world: World, count: int) -> None:
    """Another browser for every letter, from one network, all links."""
    random = world.random
    base, wait, quality = world.places.cloud(), between(random, 2, 3000), random.random()
    for _ in range(count):
        delivery, ip = world.delivery(), world.places.near(base)
        browser, order = browsers.imitation(random, quality=quality), order_of(random, world.links)
        start = delivery.accepted_at + wait * random.uniform(0.7, 1.5)
        visit(
            world, "looking_like_others", delivery, start, order, gaps_of(random, len(order), 0.1, 3, 0.6), lambda b=browser, i=ip: (i, b)
        )  # type: ignore[misc]


TUNED: tuple[Profile, ...] = (
    gateway_at_once,
    cloud_in_sequence,
    after_a_while,
    one_link_later,
    one_link_at_once,
    head_then_get,
    headless_browsers,
    slow_crawl,
    from_many_addresses,
    in_the_office,
    link_previews,
    mail_programs_ahead,
    looking_like_others,
)
