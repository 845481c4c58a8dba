"""Where the relay is: its name looked up, its addresses tried in turn."""

import socket
import ssl

from service.delivery.reasons import Reason
from service.delivery.replies import Outcome, Phase
from service.delivery.transports.protocol import Result
from service.delivery.transports.relay import Relay, Security
from service.delivery.transports.smtp_connection import Address, Connection
from service.delivery.transports.smtp_greeting import Manner


class Dialer:
    """Opens connections to the address that last answered; `turn` goes on to the next until each has been tried."""

    def __init__(self, relay: Relay, hello_name: str, context: ssl.SSLContext | None) -> None:
        self._relay = relay
        self._manner = Manner(hello_name, relay.security is Security.STARTTLS, relay.user, relay.password)
        self._context = context
        self._addresses: list[Address] = []
        self._failures = 0

    def resolve(self) -> Result | None:
        """Look the name up anew; a Result says why it cannot be."""
        try:
            found = socket.getaddrinfo(self._relay.host, self._relay.port, type=socket.SOCK_STREAM)
        except OSError as error:
            return Result(Outcome.UNSENT, Reason.NETWORK, Phase.CONNECT, text=f"{self._relay}: {error.strerror or error}")
        addresses: list[Address] = [(family, address) for family, _, _, _, address in found]
        if set(addresses) != set(self._addresses):
            self._addresses = addresses
        self._failures = 0
        return None

    def dial(self) -> Connection:
        """A connection that has begun to connect."""
        return Connection(self._relay, self._addresses[0], self._manner, self._context)

    def answered(self) -> None:
        """The address dialled last is good."""
        self._failures = 0

    def turn(self) -> bool:
        """After a failure to connect: whether there is another address to dial."""
        self._failures += 1
        self._addresses.append(self._addresses.pop(0))
        return self._failures < len(self._addresses)
