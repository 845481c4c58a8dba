"""Profiles of machines that were left out while the rules were tuned: they only judge."""

from tests.support.hits import browsers
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.people import read
from tests.support.hits.scanners import Profile, gaps_of, order_of, visit
from tests.support.hits.world import HUMAN, MACHINE, World


def a_few_links_soon(world: World, count: int) -> None:
    """Two to four links of each letter, a few seconds apart, within two minutes."""
    random = world.random
    browser, base = browsers.imitation(random, quality=random.random()), world.places.cloud()
    for _ in range(count):
        delivery, ip = world.delivery(), world.places.near(base)
        order = random.sample(range(1, world.links + 1), min(world.links, random.randint(2, 4)))
        start = delivery.accepted_at + between(random, 4, 120)
        visit(world, "a_few_links_soon", delivery, start, order, gaps_of(random, len(order), 0.8, 5, 0.6), lambda i=ip: (i, browser))


def at_the_pace_of_people(world: World, count: int) -> None:
    """Waits as irregularly as people do, presses one link or two, from a data centre."""
    random = world.random
    browser, base = browsers.imitation(random, quality=random.random()), world.places.cloud()
    median = between(random, 600, 3600)
    for _ in range(count):
        delivery = world.delivery()
        order = random.sample(range(1, world.links + 1), min(world.links, random.randint(1, 2)))
        start = delivery.accepted_at + waiting(random, median, 0.8)
        visit(
            world,
            "at_the_pace_of_people",
            delivery,
            start,
            order,
            gaps_of(random, len(order), 1, 30, 0.6),
            lambda: (world.places.near(base), browser),
        )


def through_homes(world: World, count: int) -> None:
    """One link of each letter after about half an hour, each time through another household's address."""
    random = world.random
    browser, wait = browsers.imitation(random, quality=random.uniform(0.3, 1)), between(random, 1200, 2400)
    for _ in range(count):
        delivery = world.delivery()
        start = delivery.accepted_at + wait * random.uniform(0.75, 1.25)
        visit(world, "through_homes", delivery, start, [random.randint(1, world.links)], [], lambda: (world.places.home(), browser))


def at_the_click(world: World, count: int) -> None:
    """A service that looks at a page in the moment in which its reader wants to see it; then the reader does."""
    random = world.random
    scanner, base = browsers.imitation(random, quality=random.random()), world.places.gateway()
    for _ in range(count):
        delivery, browser, ip = world.delivery(), browsers.desktop(random), world.places.office()
        at = delivery.accepted_at + world.reads()
        world.mailbox("behind_a_click_check", delivery, at, ip, browser)
        link, moment = world.favourite(), at + waiting(random, 25, 1.0)
        visit(world, "at_the_click", delivery, moment, [link], [], lambda: (world.places.near(base), scanner))
        world.click("behind_a_click_check", HUMAN, delivery, moment + random.uniform(0.4, 4), link, ip, browser)


def again_and_again(world: World, count: int) -> None:
    """All links at once, after an hour, after a day."""
    random = world.random
    browser, base = browsers.imitation(random, quality=random.random()), world.places.cloud()
    for _ in range(count):
        delivery, order = world.delivery(), order_of(random, world.links)
        for wait in (random.uniform(1, 60), 3600 * random.uniform(0.9, 1.1), 86_400 * random.uniform(0.95, 1.05)):
            ip = world.places.near(base)
            visit(
                world,
                "again_and_again",
                delivery,
                delivery.accepted_at + wait,
                order,
                gaps_of(random, len(order), 0.1, 5, 0.6),
                lambda i=ip: (i, browser),
            )


def with_pictures(world: World, count: int) -> None:
    """A sandbox shows the letter with its pictures, then presses some of its links."""
    random = world.random
    browser, base, wait = browsers.imitation(random, quality=random.random()), world.places.cloud(), between(random, 5, 1800)
    for _ in range(count):
        delivery, ip = world.delivery(), world.places.near(base)
        start = delivery.accepted_at + wait * random.uniform(0.7, 1.4)
        world.open("with_pictures", MACHINE, delivery, start, ip, browser.user_agent)
        order = order_of(random, world.links)[: max(1, round(world.links * random.uniform(0.3, 1)))]
        visit(
            world,
            "with_pictures",
            delivery,
            start + random.uniform(0.5, 4),
            order,
            gaps_of(random, len(order), 0.3, 6, 0.6),
            lambda i=ip: (i, browser),
        )


def on_the_hour(world: World, count: int) -> None:
    """Works off a queue at fixed times, so that its waits differ; one to three links of each letter."""
    random = world.random
    browser, base = browsers.imitation(random, quality=random.random()), world.places.cloud()
    period = pick(random, (300, 900, 1800))
    for _ in range(count):
        delivery, ip = world.delivery(), world.places.near(base)
        start = (delivery.accepted_at // period + 1) * period + random.uniform(0, 20)
        order = random.sample(range(1, world.links + 1), min(world.links, random.randint(1, 3)))
        visit(world, "on_the_hour", delivery, start, order, gaps_of(random, len(order), 0.2, 3, 0.5), lambda i=ip: (i, browser))


def ever_new_faces(world: World, count: int) -> None:
    """Another network and another browser for every link, with an imitation's headers."""
    random = world.random
    quality, wait = random.uniform(0, 0.6), between(random, 5, 2000)
    for _ in range(count):
        delivery, order = world.delivery(), order_of(random, world.links)[: random.randint(1, world.links)]
        start = delivery.accepted_at + wait * random.uniform(0.6, 1.6)
        visit(
            world, "ever_new_faces", delivery, start, order, gaps_of(random, len(order), 0.2, 4, 0.6),
            lambda: (world.places.cloud(), browsers.imitation(random, quality=quality)),
        )  # fmt: skip


def the_office_s_own_machine(world: World, count: int) -> None:
    """The appliance uses the office's address and the very browser of its colleagues."""
    random = world.random
    ip, standard, wait = world.places.office(), browsers.desktop(random), between(random, 2, 1500)
    for _ in range(max(5, count)):
        delivery, order = world.delivery(), order_of(random, world.links)
        start = delivery.accepted_at + wait * random.uniform(0.8, 1.3)
        visit(world, "the_office_s_own_machine", delivery, start, order, gaps_of(random, len(order), 0.1, 2, 0.6), lambda: (ip, standard))
        read(world, "beside_its_twin", ip, standard, delivery=delivery)


def one_link_half_an_hour_later_beside_colleagues(world: World, count: int) -> None:
    """The same, but one link only, after about half an hour, with headers of its own."""
    random = world.random
    ip, scanner = world.places.office(), browsers.imitation(random, quality=random.uniform(0.3, 1))
    for _ in range(max(8, count)):
        delivery = world.delivery()
        start = delivery.accepted_at + 1800 * random.uniform(0.85, 1.2)
        visit(world, "one_link_beside_colleagues", delivery, start, [random.randint(1, world.links)], [], lambda: (ip, scanner))
        read(world, "beside_a_quiet_scanner", ip, browsers.desktop(random), delivery=delivery)


HELD_OUT: tuple[Profile, ...] = (
    a_few_links_soon,
    at_the_pace_of_people,
    through_homes,
    at_the_click,
    again_and_again,
    with_pictures,
    on_the_hour,
    ever_new_faces,
    the_office_s_own_machine,
    one_link_half_an_hour_later_beside_colleagues,
)
