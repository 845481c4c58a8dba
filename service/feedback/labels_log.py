"""The hits that are labelled together, in columns of numbers: about a hundred bytes for each, however many there are. Pure."""

from array import array
from collections.abc import Hashable
from dataclasses import dataclass
from math import nan

from service.feedback import labels_agents, labels_headers, labels_networks
from service.feedback.labels_agents import Agent
from service.feedback.labels_headers import Shape

NONE = -1  # in a column: not known


@dataclass(frozen=True, slots=True)
class Seen:
    """A hit as the rules see it; what is not known is None or empty. Times in epoch seconds; `headers` by `labels_headers.kept`."""

    is_click: bool
    at: float | None = None
    delivery: Hashable | None = None
    link: Hashable | None = None
    links: int | None = None
    ip: str = ""
    user_agent: str | None = ""  # empty: the program gave no name
    headers: str = ""
    accepted_at: float | None = None


class Numbers(dict[Hashable, int]):
    """Numbers for values, given in the order in which the values first come."""

    def __missing__(self, value: Hashable) -> int:
        number = self[value] = len(self)
        return number


class Log:
    """Hits in columns; a row is a position in them. What many hits share (addresses, programs, header lines) is kept once."""

    def __init__(self) -> None:
        self.at, self.accepted_at = array("d"), array("d")
        self.is_click, self.is_ahead, self.is_unknown = array("b"), array("b"), array("b")
        self.delivery, self.link, self.links = array("i"), array("i"), array("i")
        self.ip, self.network, self.kind = array("i"), array("i"), array("i")
        self.agent, self.line, self.print, self.program = array("i"), array("i"), array("i"), array("i")
        self.kinds: list[str] = [""]  # by kind
        self.agents: list[Agent] = []  # by agent
        self.shapes: list[Shape] = []  # by line
        self._deliveries, self._links, self._networks, self._agents = Numbers(), Numbers(), Numbers(), Numbers()
        self._lines, self._prints, self._programs, self._kinds = Numbers(), Numbers(), Numbers(), Numbers({"": 0})
        self._ips: dict[str, tuple[int, int, int]] = {"": (NONE, NONE, 0)}
        self._nameless = 0

    def __len__(self) -> int:
        return len(self.at)

    def add(self, hit: Seen) -> None:
        """Append a hit."""
        self.is_click.append(hit.is_click)
        self.at.append(nan if hit.at is None else hit.at)
        self.accepted_at.append(nan if hit.accepted_at is None else hit.accepted_at)
        self.delivery.append(self._delivery_number(hit.delivery))
        self.link.append(NONE if hit.link is None else self._links[hit.link])
        self.links.append(hit.links if hit.links and 0 < hit.links < 100_000 else NONE)
        ip, network, kind = self._ips.get(hit.ip) or self._place(hit.ip)
        self.is_unknown.append(ip == NONE and hit.user_agent is None)
        self.ip.append(ip)
        self.network.append(network)
        self.kind.append(kind)
        self._add_program(hit)

    def forget_names(self) -> None:
        """After the last hit: what only `add` needs is given back."""
        for names in (self._deliveries, self._links, self._networks, self._agents, self._lines, self._prints, self._programs):
            names.clear()
        self._ips.clear()

    def _delivery_number(self, delivery: Hashable | None) -> int:
        if delivery is not None:
            return self._deliveries[delivery]
        self._nameless += 1
        return -self._nameless  # a delivery of its own

    def _place(self, ip: str) -> tuple[int, int, int]:
        kind = labels_networks.kind_of(ip)
        place = self._ips[ip] = (len(self._ips), self._networks[labels_networks.network_of(ip) or ip], self._kinds[kind])
        if place[2] == len(self.kinds):
            self.kinds.append(kind)
        return place

    def _add_program(self, hit: Seen) -> None:
        agent, line = self._agents[hit.user_agent], self._lines[hit.headers]
        if agent == len(self.agents):
            self.agents.append(labels_agents.read(hit.user_agent))
        if line == len(self.shapes):
            self.shapes.append(labels_headers.read(hit.headers))
        self.is_ahead.append(self.shapes[line].is_ahead)
        mark = self._prints[self.shapes[line].print]
        self.agent.append(agent)
        self.line.append(line)
        self.print.append(mark)
        self.program.append(self._programs[(agent, mark)])
