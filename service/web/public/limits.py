"""How often one network address may ask for something, counted in Valkey, and in this process while Valkey is away (F16)."""

from ipaddress import IPv6Address, ip_address

import limits
from flask import current_app, request
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from service.core import logs, redis
from service.core.errors import TooOften
from service.subscribers import consent
from service.web.transaction import runtime

EXTENSION = "pressrun-limits"
SIGN_UPS = limits.parse("5 per hour")
IPV6_PREFIX = 64  # one household or server has a whole /64 to itself

log = logs.get(__name__)


def count(what: str, limit: limits.RateLimitItem = SIGN_UPS) -> None:
    """Count one request of this network address. Raises TooOften beyond the limit."""
    key = consent.network_hash(runtime().signer, network(request.remote_addr or ""))
    shared, own = _limiters()
    try:
        allowed = shared.hit(limit, what, key)
    except (OSError, redis.Error) as failure:
        log.warning("rate limits are counted in this process alone", reason=type(failure).__name__)
        allowed = own.hit(limit, what, key)
    if not allowed:
        raise TooOften("There were too many sign-ups from your network.", remedy="Please try again in an hour.")


def network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    if isinstance(parsed, IPv6Address):
        return str(IPv6Address(int(parsed) >> (128 - IPV6_PREFIX) << (128 - IPV6_PREFIX)))
    return str(parsed)


def _limiters() -> tuple[FixedWindowRateLimiter, FixedWindowRateLimiter]:
    if EXTENSION not in current_app.extensions:
        address = redis.url(runtime().settings)
        address = f"redis+{address}" if address.startswith("unix://") else address
        shared = storage_from_string(address, socket_timeout=1, socket_connect_timeout=0.5)
        current_app.extensions[EXTENSION] = (FixedWindowRateLimiter(shared), FixedWindowRateLimiter(MemoryStorage()))
    found: tuple[FixedWindowRateLimiter, FixedWindowRateLimiter] = current_app.extensions[EXTENSION]
    return found
