"""Profiles of readers that were written after the rules had settled: a second look at what nobody tuned for."""

from tests.support.hits import browsers
from tests.support.hits.browsers import Browser
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.people import Profile, read
from tests.support.hits.world import HUMAN, World, spread_out


def without_pictures(world: World, count: int) -> None:
    """An office whose mail program shows no pictures: nobody there ever opens anything."""
    random = world.random
    ip, standard = world.places.office(), browsers.desktop(random)
    for _ in range(max(4, count // 2)):
        delivery = world.delivery()
        browser = standard if random.random() < 0.6 else browsers.desktop(random)
        at = delivery.accepted_at + world.reads(2500, 1.4)
        for moment in spread_out(random, at, (waiting(random, 40, 1.0) for _ in range(random.randint(0, 2)))):
            world.click("without_pictures", HUMAN, delivery, moment, world.favourite(), ip, browser)


def in_a_school(world: World, count: int) -> None:
    """A hundred equal tablets behind one address, in lessons: many letters within the same minutes."""
    random = world.random
    ip, tablet = world.places.office(), browsers.phone(random)
    lesson = world.start + world.span + between(random, 600, 20_000)
    for _ in range(max(5, count // 2)):
        delivery, at = world.delivery(), lesson + random.uniform(0, 300)
        world.mailbox("in_a_school", delivery, at, ip, tablet)
        for moment in spread_out(random, at + waiting(random, 20, 0.8), (waiting(random, 25, 0.8) for _ in range(random.randint(0, 2)))):
            world.click("in_a_school", HUMAN, delivery, moment, world.favourite(), ip, tablet)


def from_the_top_down(world: World, count: int) -> None:
    """Presses link after link from the top, reads each a little, and stops somewhere."""
    random = world.random
    for _ in range(max(2, count // 3)):
        delivery, browser, ip = world.delivery(), browsers.any_of_a_person(random), world.places.home()
        at = delivery.accepted_at + world.reads(1500)
        world.mailbox("from_the_top_down", delivery, at, ip, browser)
        wanted = range(1, random.randint(2, max(3, world.links // 2)) + 1)
        moments = spread_out(random, at + waiting(random, 15, 0.8), (waiting(random, 12, 0.7) for _ in wanted[1:]))
        for link, moment in zip(wanted, moments, strict=True):
            world.click("from_the_top_down", HUMAN, delivery, moment, min(link, world.links), ip, browser)


def with_privacy_browsers(world: World, count: int) -> None:
    """A browser that gives everybody the same common name and language, through a privacy service's exits."""
    random = world.random
    exits = [world.places.cloud() for _ in range(random.randint(2, 8))]
    headers = {"Accept": browsers.PAGE, "Accept-Language": "en-US,en;q=0.5", "Accept-Encoding": "gzip, deflate, br"}
    browser = Browser("Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0", {**headers, "Sec-Fetch-Mode": "navigate"})
    for _ in range(max(3, count // 4)):
        read(world, "with_privacy_browsers", pick(random, exits), browser, median=4000, spread=1.8)


def the_morning_after(world: World, count: int) -> None:
    """Sent in the evening, read at the same hour of the next morning."""
    random = world.random
    hours = random.uniform(8, 14) * 3600
    for _ in range(count):
        delivery, browser = world.delivery(), browsers.any_of_a_person(random)
        ip = world.places.home() if random.random() < 0.6 else world.places.carrier()
        at = delivery.accepted_at + max(60.0, random.gauss(hours, 2400))
        world.mailbox("the_morning_after", delivery, at, ip, browser)
        if random.random() < world.opening:
            world.click("the_morning_after", HUMAN, delivery, at + waiting(random, 30, 1.0), world.favourite(), ip, browser)


UNSEEN: tuple[Profile, ...] = (without_pictures, in_a_school, from_the_top_down, with_privacy_browsers, the_morning_after)
