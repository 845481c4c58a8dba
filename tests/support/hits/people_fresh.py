"""Profiles of readers written to look again at the hard cases: beside scanners that look like them, on shared lines, through proxies."""

from tests.support.hits import browsers
from tests.support.hits.browsers import Browser
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.people import Profile, read
from tests.support.hits.world import HUMAN, World, spread_out


def on_hotel_wifi(world: World, count: int) -> None:
    """Strangers behind one address, all with machines of their own, at all hours."""
    random, ip = world.random, world.places.home()
    for _ in range(max(4, count // 3)):
        read(world, "on_hotel_wifi", ip, browsers.any_of_a_person(random), median=between(random, 600, 20_000))


def on_virtual_desktops(world: World, count: int) -> None:
    """A company whose people work on equal machines in a data centre and read when they come to work."""
    random = world.random
    exits, image = [world.places.cloud() for _ in range(random.randint(1, 2))], browsers.desktop(random)
    for _ in range(max(6, count // 2)):
        read(world, "on_virtual_desktops", pick(random, exits), image, median=between(random, 900, 9000), spread=1.4)


def over_a_data_saver(world: World, count: int) -> None:
    """A phone's browser that fetches pages through its maker's proxies."""
    random, base = world.random, world.places.cloud()
    for _ in range(max(3, count // 4)):
        phone = browsers.phone(random)
        headers = {"Accept": browsers.PAGE, "Accept-Language": "ko-KR,ko;q=0.9", "Accept-Encoding": "gzip, deflate"}
        read(world, "over_a_data_saver", world.places.near(base), Browser(phone.user_agent, headers), median=2000)


def coming_back_for_more(world: World, count: int) -> None:
    """Reads a letter in three sittings, a link or two in each."""
    random = world.random
    for _ in range(max(3, count // 2)):
        delivery, browser, ip = world.delivery(), browsers.any_of_a_person(random), world.places.home()
        at = delivery.accepted_at + world.reads(1500)
        for _ in range(random.randint(2, 3)):
            world.mailbox("coming_back_for_more", delivery, at, ip, browser)
            for moment in spread_out(random, at + waiting(random, 20, 0.8), [waiting(random, 40, 0.9)] * random.randint(0, 1)):
                world.click("coming_back_for_more", HUMAN, delivery, moment, world.favourite(), ip, browser)
            at += waiting(random, 9000, 1.0)


def a_family(world: World, count: int) -> None:
    """Three or four people of one household, each with letters and a phone of their own."""
    random = world.random
    for _ in range(max(2, count // 4)):
        ip = world.places.home()
        for _ in range(random.randint(2, 4)):
            read(world, "a_family", ip, browsers.phone(random), median=between(random, 300, 9000))


FRESH: tuple[Profile, ...] = (on_hotel_wifi, on_virtual_desktops, over_a_data_saver, coming_back_for_more, a_family)
