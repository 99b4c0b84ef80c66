"""A line to a server that can be cut, go silent, or lose an answer: a real connection over loopback, for tests of what is lost on the way."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PIECE = 65_536


class Line:
    """Listens on `port` and passes everything on to `target` (a port) and back, whoever connects."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._lose = b""
        self._open = True
        self._up = threading.Event()
        self._up.set()
        #: how many answers were lost
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_answer_to(self, marker: bytes) -> None:
        """The next request that holds `marker` reaches the server and is done there; its answer is lost and the connection is cut."""
        self._lose = marker

    def down(self) -> None:
        """Cut every connection and refuse new ones until `restore`."""
        self._open = False
        self.cut()

    def restore(self) -> None:
        """Let everything pass again."""
        self._open = True
        self._up.set()

    def cut(self) -> None:
        """Cut every connection; new ones are welcome."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._hang_up(pair)

    def silence(self) -> None:
        """Nothing passes either way until `restore`; connections stay open."""
        self._up.clear()

    def close(self) -> None:
        """Stop listening and cut everything."""
        self._up.set()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target), 5.0)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = (client, server)
            with self._lock:
                self._pairs.add(pair)
            threading.Thread(target=self._pass_on, args=(pair,), daemon=True).start()

    def _pass_on(self, pair: tuple[socket.socket, socket.socket]) -> None:
        """Both ways, until one side ends. A request whose answer is to be lost ends it once the server has answered."""
        client, server = pair
        losing = False
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(client, selectors.EVENT_READ)
                ready.register(server, selectors.EVENT_READ)
                while True:
                    for key, _ in ready.select():
                        piece = key.fileobj.recv(PIECE)  # type: ignore[union-attr]
                        self._up.wait()
                        if not piece:
                            return
                        if key.fileobj is client:
                            if self._lose and self._lose in piece:
                                self._lose, losing = b"", True
                            server.sendall(piece)
                        elif losing:
                            self.lost += 1
                            return
                        else:
                            client.sendall(piece)
        except (OSError, ValueError):
            return
        finally:
            self._hang_up(pair)

    def _hang_up(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for one in pair:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()


@contextmanager
def line(target: int) -> Iterator[Line]:
    """A line to a port of this machine, closed at the end."""
    made = Line(target)
    try:
        yield made
    finally:
        made.close()
