"""Backoff, exits counted once, forgiveness."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.core import history
from orchestrator.core.history import NONE
from tests.support.fleets import wanted
from tests.support.model_world import container_of

ENDED = container_of(wanted("a")["a"], state="exited", exit_code=1, finished_at="t1")


def test_the_first_failure_is_retried_at_once_and_later_ones_ever_later() -> None:
    attempts, delays = NONE, []
    for _ in range(9):
        attempts = history.failure(attempts, "boom", 100.0)
        delays.append(attempts.next_at - 100.0)
    assert delays == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_a_tenant_is_called_failed_from_the_third_failure_on() -> None:
    attempts = NONE
    seen = []
    for _ in range(4):
        attempts = history.failure(attempts, "boom", 0.0)
        seen.append(attempts.failed)
    assert seen == [False, False, True, True]


def test_the_same_exit_counts_once() -> None:
    assert history.is_new_exit(NONE, ENDED)
    counted = history.exited(NONE, ENDED, 0.0, "Traceback\n")
    assert counted.reason == "its process ended with exit code 1. Last log lines: Traceback"
    assert not history.is_new_exit(counted, ENDED)
    assert history.is_new_exit(counted, replace(ENDED, finished_at="t2"))


def test_several_log_lines_stand_in_one_line() -> None:
    reason = history.exited(NONE, ENDED, 0.0, "first\n\n  second \n").reason
    assert reason.endswith(". Last log lines: first | second")


def test_out_of_memory_is_said_in_words() -> None:
    killed = replace(ENDED, oom_killed=True, exit_code=137)
    assert "out of memory" in history.exit_reason(killed)
    assert "SIGTERM" in history.exit_reason(replace(ENDED, exit_code=143))
    assert "by itself" in history.exit_reason(replace(ENDED, exit_code=0))


def test_a_minute_of_health_forgives() -> None:
    attempts = history.failure(history.failure(NONE, "boom", 0.0), "boom", 0.0)
    attempts = history.healthy(attempts, 10.0)
    assert history.healthy(attempts, 69.0).failures == 2
    assert history.healthy(attempts, 70.0).failures == 0


def test_an_apply_forgives_but_does_not_count_a_known_exit_again() -> None:
    assert not history.is_new_exit(history.forgiven(ENDED), ENDED)
    assert history.forgiven(None) == NONE
