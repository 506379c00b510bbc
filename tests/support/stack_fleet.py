"""The tenants of one test on a stack that many tests share."""

from __future__ import annotations

import re
import secrets
from typing import Any

from tests.support.docker_cli import life
from tests.support.stack import Done, Stack


class Fleet:
    """tenants.yaml as this test wants it. Ids carry a random end: names of containers are the
    whole engine's."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.tenants: dict[str, dict[str, object]] = {}
        self.top: dict[str, object] = {}
        self._end = secrets.token_hex(3)

    def id(self, word: str) -> str:
        return f"{word}-{self._end}"

    def add(self, word: str, mode: str = "good", **entry: object) -> str:
        """One more tenant in the file; its id."""
        image = {} if mode == "good" else {"image": self.stack.image(mode)}
        self.tenants[self.id(word)] = {"name": word.capitalize(), **image, **entry}
        self.write()
        return self.id(word)

    def change(self, tenant: str, **entry: object) -> None:
        self.tenants[tenant] |= entry
        self.write()

    def drop(self, tenant: str) -> None:
        del self.tenants[tenant]
        self.write()

    def write(self) -> None:
        self.stack.write(self.tenants, **self.top)

    def apply(self, *arguments: str) -> Done:
        """Apply the file; it must succeed."""
        return self.stack.apply(*arguments)

    def start(self, *words: str) -> list[str]:
        """Tenants of these words, running and routed."""
        ids = [self.add(word) for word in words]
        self.apply()
        return ids

    def life(self, tenant: str) -> tuple[str, str, int]:
        return life(f"tenant-{tenant}")

    def row(self, tenant: str) -> dict[str, Any]:
        return self.stack.row(tenant)

    def clear(self) -> None:
        """Retire all; the number is confirmed, since that is what is meant here.

        Anew when it changed meanwhile: an earlier removal may still have been under way.
        """
        self.stack.write({})
        done = self.stack.tenantctl("apply")
        for _ in range(3):
            if found := re.search(r"--confirm-retire (\d+)", done.err):
                done = self.stack.tenantctl("apply", "--confirm-retire", found[1])
        assert done.code == 0, f"the test's tenants could not be retired:\n{done.out}{done.err}"
