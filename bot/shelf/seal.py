"""Sealing: what is kept outside this process can only be read with the secret of the workers and the name that only its owner knows.

The name itself is not kept: it is the key of the seal, and a hash of it says where the text stands. When the page that holds the token is closed,
nobody can open what is left, also not who has Redis, a back-up of it and the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.shelf import Name

_NONCE = 12


class BrokenSeal(ValueError):
    """A text that was not sealed by these workers under this name, or was changed."""


class Seal:
    """Derives every key from one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def key(self, purpose: str, *parts: str) -> bytes:
        """32 bytes for one purpose. The parts can't run into each other."""
        encoded = [part.encode("utf8", "surrogatepass") for part in ("routekaart", purpose, *parts)]
        said = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
        return hmac.new(self._secret, said, hashlib.sha256).digest()

    def place(self, kind: str, id_: str) -> str:
        """Where something stands: tells nothing about its name."""
        return f"rk:{kind}:{self.key('place', kind, id_).hex()[:40]}"

    def close(self, name: Name, text: str) -> bytes:
        """Sealed."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key("seal", name.kind, name.id)).encrypt(nonce, text.encode(), name.kind.encode())

    def open(self, name: Name, sealed: bytes) -> str:
        """The text. Raises BrokenSeal."""
        try:
            opened = AESGCM(self.key("seal", name.kind, name.id)).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.kind.encode())
        except (InvalidTag, ValueError):
            raise BrokenSeal(name.kind) from None
        return opened.decode()
