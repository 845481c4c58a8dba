"""A small scripted IMAP server on loopback: one folder, LOGIN, SELECT, UID SEARCH, UID FETCH, UID STORE, LOGOUT. For tests only."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

USER, PASSWORD = "otto", "secret"


@dataclass
class Folder:
    """What the server shows; tests change it while it runs."""

    messages: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    seen: set[int] = field(default_factory=set)
    port: int = 0

    @property
    def url(self) -> str:
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.port}/INBOX"


@contextmanager
def running(folder: Folder) -> Iterator[Folder]:
    """Serve the folder during the block."""

    class Dialogue(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            while line := self.rfile.readline():
                tag, _, command = line.decode().strip().partition(" ")
                self.wfile.write(_answer(folder, tag, command))
                if command.upper().startswith("LOGOUT"):
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dialogue) as server:
        server.daemon_threads = True
        folder.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield folder
        server.shutdown()
        thread.join()


def _answer(folder: Folder, tag: str, command: str) -> bytes:
    words = command.upper()
    done = f"{tag} OK done\r\n".encode()
    if words.startswith("CAPABILITY"):
        return b"* CAPABILITY IMAP4rev1\r\n" + done
    if words.startswith("LOGIN"):
        return done if PASSWORD in command else f"{tag} NO wrong\r\n".encode()
    if words.startswith("SELECT"):
        return f"* {len(folder.messages)} EXISTS\r\n* OK [UIDVALIDITY {folder.validity}] valid\r\n".encode() + done
    if found := re.match(r"UID SEARCH UID (\d+):\*", words):
        uids = sorted(folder.messages)
        wanted = [uid for uid in uids if uid >= int(found[1])] or uids[-1:]  # "n:*" always holds the last one
        return f"* SEARCH {' '.join(map(str, wanted))}\r\n".encode() + done
    if found := re.match(r"UID FETCH (\d+) \((.*)\)", words):
        return _message(folder, int(found[1]), found[2]) + done
    if found := re.match(r"UID STORE (\d+)", words):
        folder.seen.add(int(found[1]))
    return (b"* BYE\r\n" if words.startswith("LOGOUT") else b"") + done


def _message(folder: Folder, uid: int, what: str) -> bytes:
    raw = folder.messages.get(uid)
    if raw is None:
        return b""
    if "SIZE" in what:
        return f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})\r\n".encode()
    return f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
