"""tenantctl, the operator's command line. `main` is the entry point.

Everything else is imported inside it, so that Ctrl-C in the first moments ends quietly too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

INTERRUPTED = 130  # 128 + SIGINT, as shells report it
BROKEN_PIPE = 141  # 128 + SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. 0 done, 1 refused or failed with a reason; argparse exits 2 on wrong usage."""

    def work() -> int:
        import gc

        gc.disable()  # what imports make stays; looking through it is a tenth of a short verb
        try:
            from orchestrator.cli.run import run

            return run(argv, gc.enable)
        finally:
            gc.enable()

    return ending_quietly(work)


def ending_quietly(work: Callable[[], int]) -> int:
    """The work's exit code; no traceback for Ctrl-C, nor for a reader that went away."""
    try:
        return work()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return BROKEN_PIPE


def _close_stdout() -> None:
    """The reader has gone; without this, Python's last flush would complain about it."""
    import os
    import sys

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
