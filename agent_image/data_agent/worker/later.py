"""Work for another thread that begins when it is told to, or when its result is wanted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

DEADLINE_S = 600.0  # as long as an import may take
T = TypeVar("T")


class Later(Generic[T]):
    """One call. Python runs one thread at a time: what nobody waits for yet is in the way."""

    def __init__(self, pool: ThreadPoolExecutor, call: Callable[..., T], *given: object) -> None:
        self._submit: Callable[[], Future[T]] = partial(pool.submit, call, *given)
        self._running: Future[T] | None = None

    def begin(self) -> Future[T]:
        if self._running is None:
            self._running = self._submit()
        return self._running

    def result(self) -> T:
        """Whatever the call raises; TimeoutError after DEADLINE_S."""
        return self.begin().result(DEADLINE_S)
