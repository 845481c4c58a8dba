"""Where requests come from: homes, carriers, offices, clouds, gateways; in rough worlds addresses are nothing but random numbers."""

from random import Random

from tests.support.hits.chance import pick

CARRIERS = (
    "223.38.%d.%d",
    "223.62.%d.%d",
    "211.234.%d.%d",
    "39.7.%d.%d",
    "118.235.%d.%d",
    "175.223.%d.%d",
    "106.101.%d.%d",
    "117.111.%d.%d",
)
HOMES = (
    "121.130.%d.%d",
    "58.121.%d.%d",
    "1.230.%d.%d",
    "175.197.%d.%d",
    "211.200.%d.%d",
    "82.120.%d.%d",
    "73.15.%d.%d",
    "24.6.%d.%d",
    "93.104.%d.%d",
)
CLOUDS = (
    "52.34.%d.%d",
    "3.35.%d.%d",
    "13.125.%d.%d",
    "34.64.%d.%d",
    "35.200.%d.%d",
    "20.39.%d.%d",
    "40.90.%d.%d",
    "104.214.%d.%d",
    "18.140.%d.%d",
)
GATEWAYS = (
    "148.163.%d.%d",
    "67.231.152.%d",
    "64.235.150.%d",
    "209.222.82.%d",
    "150.70.%d.%d",
    "216.71.130.%d",
    "40.107.%d.%d",
    "207.211.31.%d",
)
APPLE = ("104.28.%d.%d", "172.225.%d.%d", "146.75.%d.%d", "17.58.%d.%d")
GOOGLE = ("66.249.84.%d", "66.102.8.%d", "74.125.%d.%d")
DOCUMENTATION = ("192.0.2.%d", "198.51.100.%d", "203.0.113.%d")


def address(random: Random, patterns: tuple[str, ...]) -> str:
    pattern = pick(random, patterns)
    return pattern % tuple(random.randint(1, 254) for _ in range(pattern.count("%d")))


class Places:
    """One world's addresses; `rough` (drawn) says that they tell nothing about who owns them."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.is_rough = random.random() < 0.5
        self._carrier = [self._any(CARRIERS) for _ in range(random.randint(2, 40))]

    def home(self) -> str:
        if self._random.random() < 0.1:
            groups = ":".join(f"{self._random.randrange(65536):x}" for _ in range(2))
            return f"2001:{self._random.randint(0x200, 0xFFF):x}:{groups}::{self._random.randrange(65536):x}"
        return self._any(HOMES)

    def carrier(self) -> str:
        return pick(self._random, self._carrier)

    def office(self) -> str:
        return self._any(HOMES)

    def cloud(self) -> str:
        return self._any(CLOUDS)

    def gateway(self) -> str:
        return self._any(GATEWAYS)

    def apple(self) -> str:
        return address(self._random, APPLE)

    def google(self) -> str:
        return address(self._random, GOOGLE)

    def near(self, other: str) -> str:
        """Another address of the same network."""
        if ":" in other:
            return other
        return f"{other.rpartition('.')[0]}.{self._random.randint(1, 254)}"

    def _any(self, patterns: tuple[str, ...]) -> str:
        if not self.is_rough:
            return address(self._random, patterns)
        if self._random.random() < 0.1:
            return address(self._random, DOCUMENTATION)
        return ".".join(str(self._random.randint(1, 223 if n == 0 else 254)) for n in range(4))
