"""Profiles of readers that were left out while the rules were tuned: they only judge."""

from tests.support.hits import browsers
from tests.support.hits.browsers import Browser
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.people import Profile, read
from tests.support.hits.world import HUMAN, MACHINE, World, spread_out


def thoroughly(world: World, count: int) -> None:
    """Reads nearly everything, over minutes or hours; rare."""
    random = world.random
    for _ in range(max(1, count // 6)):
        delivery, browser, ip = world.delivery(), browsers.any_of_a_person(random), world.places.home()
        at = delivery.accepted_at + world.reads()
        world.mailbox("thoroughly", delivery, at, ip, browser)
        wanted = random.sample(range(1, world.links + 1), max(1, round(world.links * random.uniform(0.5, 1.0))))
        moments = spread_out(random, at + waiting(random, 30, 1.0), (waiting(random, 60, 1.2) for _ in wanted[1:]))
        for link, moment in zip(wanted, moments, strict=True):
            world.click("thoroughly", HUMAN, delivery, moment, link, ip, browser)


def on_two_devices(world: World, count: int) -> None:
    random = world.random
    for _ in range(count):
        delivery = world.delivery()
        at = delivery.accepted_at + world.reads()
        for browser, ip in ((browsers.phone(random), world.places.carrier()), (browsers.desktop(random), world.places.home())):
            world.mailbox("on_two_devices", delivery, at, ip, browser)
            world.click("on_two_devices", HUMAN, delivery, at + waiting(random, 20, 1.0), world.favourite(), ip, browser)
            at += waiting(random, 7000, 1.5)


def out_of_office_programs(world: World, count: int) -> None:
    """The mail program asks what kind of address it is, then the browser goes there."""
    random = world.random
    probe = Browser("Microsoft Office Word 2014", {"Accept": "*/*"})
    for _ in range(count):
        delivery, browser, ip = world.delivery(), browsers.desktop(random), world.places.office()
        at = delivery.accepted_at + world.reads()
        link = world.favourite()
        world.open("out_of_office_programs", HUMAN, delivery, at, ip, browsers.OUTLOOK, {"Accept": "*/*"})
        moment = at + waiting(random, 20, 1.0)
        world.click("office_probe", MACHINE, delivery, moment, link, ip, probe, method=pick(random, ("HEAD", "OPTIONS")))
        world.click("out_of_office_programs", HUMAN, delivery, moment + random.uniform(0.2, 1.5), link, ip, browser)


def all_at_breakfast(world: World, count: int) -> None:
    """Hundreds of phones buzz at once behind two addresses of a carrier, most of one make, and many are answered within a minute."""
    random = world.random
    exits, common = [world.places.carrier(), world.places.carrier()], browsers.phone(random)
    for _ in range(count):
        delivery = world.delivery()
        browser = common if random.random() < 0.5 else pick(random, (browsers.phone, browsers.in_app))(random)
        ip = pick(random, exits)
        at = delivery.accepted_at + 2 + waiting(random, 25, 1.0)
        world.mailbox("all_at_breakfast", delivery, at, ip, browser)
        world.click("all_at_breakfast", HUMAN, delivery, at + waiting(random, 8, 0.7), world.favourite(), ip, browser)


def a_newsroom(world: World, count: int) -> None:
    """Colleagues with the same machines who look at the letter together as it comes in."""
    random = world.random
    ip, standard, median = world.places.office(), browsers.desktop(random), between(random, 60, 900)
    for _ in range(max(4, count // 4)):
        read(world, "a_newsroom", ip, standard if random.random() < 0.7 else browsers.desktop(random), median=median, spread=0.8, most=4)


def everything_into_tabs(world: World, count: int) -> None:
    """Short letters, nearly all of whose links are opened in tabs one after the other."""
    random = world.random
    for _ in range(max(2, count // 4)):
        delivery, browser, ip = world.delivery(), browsers.desktop(random), world.places.home()
        at = delivery.accepted_at + world.reads()
        world.mailbox("everything_into_tabs", delivery, at, ip, browser)
        wanted = list(range(1, world.links + 1))[: random.randint(2, 6)]
        moments = spread_out(random, at + waiting(random, 30, 1.0), (waiting(random, 1.8, 0.6) for _ in wanted[1:]))
        for link, moment in zip(wanted, moments, strict=True):
            world.click("everything_into_tabs", HUMAN, delivery, moment, link, ip, browser)


def behind_a_filtering_proxy(world: World, count: int) -> None:
    """A company's proxy in a data centre takes headers away and gives everybody the same ones."""
    random = world.random
    ip, left = world.places.cloud(), pick(random, ({"Accept": browsers.PAGE}, {"Accept": browsers.PAGE, "Accept-Language": "ko"}))
    for _ in range(count):
        browser = Browser(browsers.desktop(random).user_agent, {**left, "Accept-Encoding": "gzip"})
        read(world, "behind_a_filtering_proxy", ip, browser, median=2500)


def on_the_move(world: World, count: int) -> None:
    """From wireless to the carrier and on to another address of it between two presses."""
    random = world.random
    for _ in range(count):
        delivery, browser = world.delivery(), browsers.phone(random)
        at = delivery.accepted_at + world.reads(1200)
        world.mailbox("on_the_move", delivery, at, world.places.carrier(), browser)
        for moment in spread_out(random, at + waiting(random, 15, 0.8), (waiting(random, 30, 1.0) for _ in range(random.randint(0, 2)))):
            world.click("on_the_move", HUMAN, delivery, moment, world.favourite(), world.places.carrier(), browser)


def passed_on(world: World, count: int) -> None:
    """A letter shared in a chat: a dozen people press its links from everywhere."""
    random = world.random
    for _ in range(max(1, count // 8)):
        delivery = world.delivery()
        at = delivery.accepted_at + world.reads(4000)
        link = world.favourite()
        for _ in range(random.randint(4, 25)):
            browser, ip = browsers.any_of_a_person(random), pick(random, (world.places.home, world.places.carrier))()
            moment = at + waiting(random, 600, 1.3)
            world.click("passed_on", HUMAN, delivery, moment, link if random.random() < 0.7 else world.favourite(), ip, browser)


HELD_OUT: tuple[Profile, ...] = (
    thoroughly,
    on_two_devices,
    out_of_office_programs,
    all_at_breakfast,
    a_newsroom,
    everything_into_tabs,
    behind_a_filtering_proxy,
    on_the_move,
    passed_on,
)
