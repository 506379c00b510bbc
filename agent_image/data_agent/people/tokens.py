"""tokens.json: secrets for scripts. Shown once when made; only their hashes are kept."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from data_agent.durable import DurableJson
from data_agent.errors import FilesDamaged, Invalid, LimitReached, NotFound
from data_agent.people.sessions import hash_secret
from data_agent.people.values import Token

PREFIX = "da_"  # lets secret scanners and people recognise one
PER_USER = 20


class TokenBook:
    """Bearer tokens by handle. A damaged file raises FilesDamaged at every use."""

    def __init__(self, data_dir: Path, *, now: Callable[[], float]) -> None:
        self._now = now
        self._file = DurableJson(data_dir / "tokens.json", _encode, _decode)
        self._tokens: dict[str, Token] = {}
        self._damage: FilesDamaged | None = None

    def load(self) -> None:
        try:
            self._tokens = self._file.load() or {}
        except FilesDamaged as error:
            self._damage = error

    def make(self, user: str, label: object) -> tuple[Token, str]:
        """A new token and its secret. Invalid, LimitReached."""
        text = label.strip() if isinstance(label, str) else ""
        if not 1 <= len(text) <= 60:
            raise Invalid("Give the token a name of 1 to 60 characters that says what it is for.")
        used = len(self.of(user))
        if used >= PER_USER:
            raise LimitReached(
                f"You have {used} of {PER_USER} tokens. Revoke one first.",
                used=used,
                allowed=PER_USER,
            )
        secret = PREFIX + secrets.token_urlsafe(32)
        token = Token(secrets.token_hex(8), user, text, hash_secret(secret), int(self._now()))
        self._save({**self._tokens, token.handle: token})
        return token, secret

    def find(self, secret: str) -> Token | None:
        """The token of this secret; remembers in memory that it was used."""
        if self._damage:
            raise self._damage
        digest = hash_secret(secret)
        for token in self._tokens.values():
            if hmac.compare_digest(token.token_hash, digest):
                self._tokens[token.handle] = replace(token, last_used=int(self._now()))
                return self._tokens[token.handle]
        return None

    def of(self, user: str) -> tuple[Token, ...]:
        """Tokens of a user, the newest first."""
        mine = (token for token in self._tokens.values() if token.user == user)
        return tuple(sorted(mine, key=lambda token: -token.created_at))

    def revoke(self, user: str, handle: str) -> Token:
        """The token that is no longer valid. NotFound when the user has no such token."""
        token = self._tokens.get(handle)
        if token is None or token.user != user:
            raise NotFound("There is no such token, or it is revoked already.")
        self._save({key: each for key, each in self._tokens.items() if key != handle})
        return token

    def revoke_all(self, user: str) -> None:
        self._save({key: each for key, each in self._tokens.items() if each.user != user})

    def _save(self, tokens: dict[str, Token]) -> None:
        if self._damage:
            raise self._damage
        self._file.save(tokens)
        self._tokens = tokens


def _encode(tokens: dict[str, Token]) -> dict[str, Any]:
    return {"tokens": [asdict(token) for token in tokens.values()]}


def _decode(document: dict[str, Any]) -> dict[str, Token]:
    return {entry["handle"]: Token(**entry) for entry in document["tokens"]}
