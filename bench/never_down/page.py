"""docs/benchmarks-never-down.md, all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from bench.never_down.kills import Survived
from bench.never_down.many import MIB, WATCHED_S, Crowd
from bench.never_down.noise import Disturbed, section
from bench.never_down.updates import CLIENTS, Updated
from bench.never_down.wake import Woken

HEAD = """\
# Benchmarks: updates, waking, many asleep

Written by `python -m bench.never_down`, which makes a platform of its own beside any other, with
the real agent, and removes it again. People are signed in at every customer and read, run SQL,
upload CSV files and download tables all the time; every answer that is no success counts as
failed, and nothing is tried again.
"""


@dataclass
class Found:
    """Whatever was measured so far; a part that was not is left out of the page."""

    machine: Sequence[tuple[str, str]]
    updates: list[Updated] = field(default_factory=list)
    woken: Woken | None = None
    crowd: Crowd | None = None
    survived: Survived | None = None
    disturbed: Sequence[Disturbed] = ()


def render(found: Found) -> str:
    """Markdown."""
    parts = [HEAD, _table(("measured on", ""), found.machine)]
    if found.updates:
        parts.append(_updates(found.updates))
    if found.woken is not None and len(found.woken.ours) > 1:
        parts.append(_woken(found.woken))
    if found.crowd is not None:
        parts.append(_crowd(found.crowd))
    if found.survived is not None:
        parts.append(_survived(found.survived))
    if found.disturbed:
        parts.append(section(found.disturbed))
    return "\n".join(parts)


def _updates(updates: Sequence[Updated]) -> str:
    number = updates[0].tenants
    rows = [
        (
            _way(one), str(one.requests), _failures(one.failures), f"{one.longest_s:.2f} s",
            _held(one), f"{one.command_s:.0f} s", f"{one.command_s / one.tenants:.2f} s",
        )
        for one in updates
    ]  # fmt: skip
    head = (
        "",
        "requests",
        "failed",
        "longest answer",
        "held: median, longest",
        "all",
        "per customer",
    )
    totals = [one for one in updates if one.way == updates[0].way]
    requests = sum(one.requests for one in totals)
    failed = sum(sum(one.failures.values()) for one in totals)
    return (
        f"## {number} customers brought to another image, {CLIENTS} clients at work\n\n"
        + _table(head, rows)
        + f"\n{updates[0].way}, all rounds together: {failed} of {requests} requests failed.\n"
    )


def _way(one: Updated) -> str:
    return f"{one.way} ({one.went_back} went back)" if one.went_back else one.way


def _held(one: Updated) -> str:
    return f"{median(one.held):.1f} s, {max(one.held):.1f} s" if one.held else "-"


def _failures(failures: dict[str, int]) -> str:
    named = ", ".join(f"{number} × {how}" for how, number in sorted(failures.items()))
    return f"{sum(failures.values())} ({named})" if named else "0"


def _woken(woken: Woken) -> str:
    rows = [
        ("first byte of a customer's page that sleeps", *_points(woken.ours)),
        ("`docker start` of the same container, bare, to its first 200", *_points(woken.bare)),
        (
            "ratio",
            *(
                f"{mine / bare:.2f}"
                for mine, bare in zip(_values(woken.ours), _values(woken.bare), strict=True)
            ),
        ),
    ]
    return f"## Waking, {len(woken.ours)} pairs in turn\n\n" + _table(("", "p50", "p95"), rows)


def _values(seconds: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(seconds, n=20, method="inclusive")
    return cuts[9], cuts[18]


def _points(seconds: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{value * 1000:.0f} ms" for value in _values(seconds))


def _crowd(crowd: Crowd) -> str:
    rows = [
        (one.name, f"{one.rss / MIB:.0f} MiB", f"{one.cpu * 100:.2f} % of a core")
        for one in crowd.services
    ]
    both = [one for one in crowd.services if one.name in ("controller", "edge")]
    rows.append(
        (
            "controller and edge",
            f"{sum(one.rss for one in both) / MIB:.0f} MiB",
            f"{sum(one.cpu for one in both) * 100:.2f} % of a core",
        )
    )
    awake = f"{crowd.tenants_bytes / MIB:.0f} MiB"
    rows.append((f"{crowd.awake} customers awake, together", awake, ""))
    title = f"## {crowd.tenants} customers, {crowd.awake} of them awake, nobody at work\n\n"
    return title + _table(("", "resident", f"CPU over {WATCHED_S:.0f} s"), rows)


def _survived(survived: Survived) -> str:
    broken = "".join(f"- {one}\n" for one in survived.broken)
    return (
        f"## The controller killed {survived.kills} times at random moments\n\n"
        f"{survived.campaigns} updates of all customers were begun meanwhile, and "
        f"{survived.requests} requests made, of which failed: {_failures(survived.failures)}. "
        f"Invariants broken in the end: {len(survived.broken)}.\n{broken}"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
