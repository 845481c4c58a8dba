"""Fetches what a signature check or a confirmation needs from Amazon's hosts: no redirect, no proxy, little, soon (F8)."""

import ssl
import urllib.request
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from service.feedback.providers import ses
from service.feedback.providers.event import NotSigned

SECONDS = 5.0
LARGEST = 64 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@lru_cache(maxsize=16)
def fetch(url: str) -> bytes:
    """The certificate at an address that ses.py found to be Amazon's. Raises NotSigned for any other, OSError where it is away."""
    return get(url)


def get(url: str) -> bytes:
    """GET from one of Amazon's SNS hosts. Raises NotSigned for any other host, OSError where it does not answer with 200."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not ses.HOST.match(parts.netloc):
        raise NotSigned("the certificate does not stand at Amazon")
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), _NoRedirect(), urllib.request.HTTPSHandler(context=ssl.create_default_context())
    )
    with opener.open(url, timeout=SECONDS) as answer:
        return bytes(answer.read(LARGEST))
