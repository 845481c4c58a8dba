"""Profiles of machines written to look again at the hard cases: twins of colleagues, sandboxes with pictures, homes as exits."""

from tests.support.hits import browsers
from tests.support.hits.chance import between, pick, waiting
from tests.support.hits.people import read
from tests.support.hits.scanners import Profile, gaps_of, order_of, visit
from tests.support.hits.world import HUMAN, MACHINE, World


def a_twin_that_hurries(world: World, count: int) -> None:
    """An appliance with the office's address and browser presses all links as a letter comes in; a few colleagues read much later."""
    random = world.random
    ip, standard, wait = world.places.office(), browsers.desktop(random), between(random, 1, 60)
    for _ in range(max(6, count // 2)):
        delivery, order = world.delivery(), order_of(random, world.links)
        start = delivery.accepted_at + wait * random.uniform(0.6, 1.8)
        visit(world, "a_twin_that_hurries", delivery, start, order, gaps_of(random, len(order), 0.05, 1, 0.7), lambda: (ip, standard))
        if random.random() < 0.7:
            read(world, "beside_a_hurried_twin", ip, standard, delivery=delivery, median=between(random, 600, 15_000))


def a_twin_that_waits(world: World, count: int) -> None:
    """The same after twenty minutes to an hour, with half of the links; colleagues come before and after it."""
    random = world.random
    ip, standard, wait = world.places.office(), browsers.desktop(random), between(random, 1200, 3600)
    for _ in range(max(6, count // 2)):
        delivery, order = world.delivery(), order_of(random, world.links)[: max(2, world.links // 2)]
        start = delivery.accepted_at + wait * random.uniform(0.85, 1.15)
        visit(world, "a_twin_that_waits", delivery, start, order, gaps_of(random, len(order), 0.1, 3, 0.6), lambda: (ip, standard))
        read(world, "beside_a_waiting_twin", ip, standard, delivery=delivery, median=between(random, 300, 9000))


def a_sandbox_that_looks(world: World, count: int) -> None:
    """Loads the pictures of each letter as it comes in, from a few neighbouring machines; presses a link in one letter of three."""
    random = world.random
    base, wait = world.places.cloud(), between(random, 1, 900)
    program = browsers.imitation(random, quality=random.random())
    for _ in range(max(6, count // 2)):
        delivery, ip = world.delivery(), world.places.near(base)
        start = delivery.accepted_at + wait * random.uniform(0.8, 1.25)
        world.open("a_sandbox_that_looks", MACHINE, delivery, start, ip, program.user_agent)
        if random.random() < 0.33:
            link = random.randint(1, world.links)
            visit(world, "a_sandbox_that_looks", delivery, start + random.uniform(1, 9), [link], [], lambda i=ip: (i, program))


def through_households(world: World, count: int) -> None:
    """Some minutes to an hour after delivery, one to three links, each letter through another household's line."""
    random = world.random
    program, wait = browsers.imitation(random, quality=random.uniform(0.2, 1)), between(random, 240, 3600)
    for _ in range(max(8, count)):
        delivery, ip = world.delivery(), world.places.home()
        order = random.sample(range(1, world.links + 1), min(world.links, random.randint(1, 3)))
        start = delivery.accepted_at + wait * random.uniform(0.7, 1.4)
        visit(world, "through_households", delivery, start, order, gaps_of(random, len(order), 0.5, 8, 0.5), lambda i=ip: (i, program))


def a_guard_at_home(world: World, count: int) -> None:
    """A virus guard on the reader's own machine looks at every link with its own headers, then the reader presses one."""
    random = world.random
    guard = browsers.imitation(random, quality=random.uniform(0, 0.5))
    for _ in range(max(4, count // 2)):
        delivery, ip, browser = world.delivery(), world.places.home(), browsers.desktop(random)
        at = delivery.accepted_at + world.reads()
        world.mailbox("beside_a_guard", delivery, at, ip, browser)
        order = order_of(random, world.links)
        visit(
            world,
            "a_guard_at_home",
            delivery,
            at + random.uniform(0, 1),
            order,
            gaps_of(random, len(order), 0.02, 0.3, 0.6),
            lambda i=ip: (i, guard),
        )
        world.click("beside_a_guard", HUMAN, delivery, at + 3 + waiting(random, 30, 1.0), world.favourite(), ip, browser)


def after_release(world: World, count: int) -> None:
    """A quarantine lets letters go after one to six hours and presses all their links then, from two data centres."""
    random = world.random
    bases, program = [world.places.cloud(), world.places.cloud()], browsers.imitation(random, quality=random.random())
    for _ in range(max(4, count // 2)):
        delivery, order, ip = world.delivery(), order_of(random, world.links), world.places.near(pick(random, bases))
        start = delivery.accepted_at + random.uniform(3600, 21_600)
        visit(world, "after_release", delivery, start, order, gaps_of(random, len(order), 0.1, 6, 0.7), lambda i=ip: (i, program))


FRESH: tuple[Profile, ...] = (
    a_twin_that_hurries,
    a_twin_that_waits,
    a_sandbox_that_looks,
    through_households,
    a_guard_at_home,
    after_release,
)
