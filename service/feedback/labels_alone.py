"""Signs of a hit by itself: what its program says and leaves out, where it comes from, how soon after acceptance. Pure."""

from dataclasses import dataclass

from service.feedback import labels_networks as networks
from service.feedback.labels_agents import Agent
from service.feedback.labels_headers import Shape

NETWORK_SIGNS = {
    networks.GATEWAY: "gateway_network",
    networks.CLOUD: "cloud_network",
    networks.CRAWLER: "crawler_network",
    networks.CARRIER: "carrier_network",
}
OPEN_NETWORK_SIGNS = {**NETWORK_SIGNS, networks.APPLE: "apple_network", networks.PROXY: "proxy_network"}
# seconds after acceptance, from the earliest on: below each limit its sign; an acceptance may be recorded some seconds late (C6)
DELAY_SIGNS = ((-10.0, "before_acceptance"), (2.0, "at_once"), (5.0, "within_seconds"), (10.0, "within_ten_seconds"))


@dataclass(frozen=True)
class Usual:
    """What the hits of this log usually carry; what its collection did not keep cannot be missed in one hit."""

    language: bool = True
    mode: bool = True
    encodings: bool = True
    opens: bool = True


def of_program(agent: Agent, shape: Shape, kind: str, usual: Usual, *, is_click: bool) -> tuple[str, ...]:
    """The signs of a program, its headers and its network; the first decides alone where it is a decisive one."""
    if shape.is_ahead:
        return ("prefetch",)
    if agent.declared:
        return (agent.declared,)
    if shape.method != "GET":
        return ("not_get",)
    if is_click:
        return _of_click(agent, shape, kind, usual)
    if agent.sign == "bare_user_agent" or (agent.sign and kind == networks.APPLE):
        return ("apple_privacy_proxy",)
    sign = OPEN_NETWORK_SIGNS.get(kind, "")
    return tuple(found for found in (agent.sign, sign) if found == "no_user_agent" or (found == sign and found))


def of_delay(seconds: float) -> str:
    """The sign of a hit this long after acceptance; empty where it tells nothing, or the time is not known (nan)."""
    return next((sign for limit, sign in DELAY_SIGNS if seconds < limit), "")


def _of_click(agent: Agent, shape: Shape, kind: str, usual: Usual) -> tuple[str, ...]:
    signs = [agent.sign, NETWORK_SIGNS.get(kind, "")]
    if shape.is_known:
        signs += _of_headers(agent, shape, usual)
    if shape.is_from_webmail:
        signs.append("from_webmail")
    if agent.is_app or shape.app:
        signs.append("from_app")
    return tuple(sign for sign in signs if sign)


def _of_headers(agent: Agent, shape: Shape, usual: Usual) -> list[str]:
    signs = []
    if usual.language and not shape.language:
        signs.append("no_language")
    if shape.wants_anything:
        signs.append("accepts_anything")
    if usual.mode and agent.is_modern and not agent.is_app and not shape.app and not shape.mode:
        signs.append("no_fetch_metadata")
    if usual.encodings and agent.is_modern and "br" not in shape.encodings:
        signs.append("poor_encoding")
    if not signs and shape.language and shape.wants_page and (shape.mode == "navigate" or not usual.mode):
        signs.append("browser_headers")
    return signs
