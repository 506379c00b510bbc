"""docs/benchmarks-never-down.md: each part's section is written anew, all else stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

from bench.never_down.kills import Survived
from bench.never_down.many import MIB, WATCHED_S, Crowd
from bench.never_down.updates import CLIENTS, Updated
from bench.never_down.wake import Woken
from bench.page import BEGIN, END, render, write
from bench.tables import table

HEAD = """\
# Benchmarks: updates, waking, many asleep, noise

Written by `make bench` (ten minutes of it), or by `python -m bench.never_down` (25 minutes), which
make a platform of their own beside any other, with the real agent, and remove it again. People are
signed in at every customer and read, run SQL, upload CSV files and download tables all the time;
every answer that is no success counts as failed, and nothing is tried again.
"""
PARTS = ("update", "wake", "kill", "many", "noise")


def written(
    path: Path | None, part: str, machine: Sequence[tuple[str, str]], lines: Sequence[str]
) -> str:
    """The section as Markdown; put into its place on the page as well, when there is a path."""
    text = render(machine, lines)
    if path is not None:
        if not path.exists():
            marks = [f"{BEGIN.format(part=one)}\n{END.format(part=one)}\n" for one in PARTS]
            path.write_text("\n".join([HEAD, *marks]))
        write(path, part, text)
    return text


def updates(found: Sequence[Updated]) -> list[str]:
    first = found[0]
    rows = [
        (
            _way(one), str(one.requests), _failures(one.failures), f"{one.longest_s:.2f} s",
            _held(one), f"{one.command_s:.0f} s", f"{one.command_s / one.tenants:.2f} s",
        )
        for one in found
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
    totals = [one for one in found if one.way == first.way]
    requests = sum(one.requests for one in totals)
    failed = sum(sum(one.failures.values()) for one in totals)
    return [
        f"## {first.tenants} customers brought to another image, {CLIENTS} clients at work",
        "",
        *table(head, rows),
        f"{first.way}, all rounds together: {failed} of {requests} requests failed.",
        "",
    ]


def _way(one: Updated) -> str:
    return f"{one.way} ({one.went_back} went back)" if one.went_back else one.way


def _held(one: Updated) -> str:
    return f"{median(one.held):.1f} s, {max(one.held):.1f} s" if one.held else "-"


def _failures(failures: dict[str, int]) -> str:
    named = ", ".join(f"{number} × {how}" for how, number in sorted(failures.items()))
    return f"{sum(failures.values())} ({named})" if named else "0"


def woken(found: Woken) -> list[str]:
    rows = [
        ("first byte of a customer's page that sleeps", *_points(found.ours)),
        ("`docker start` of the same container, bare, to its first 200", *_points(found.bare)),
        (
            "ratio",
            *(
                f"{mine / bare:.2f}"
                for mine, bare in zip(_values(found.ours), _values(found.bare), strict=True)
            ),
        ),
    ]
    title = f"## Waking, {len(found.ours)} pairs in turn"
    return [title, "", *table(("", "p50", "p95"), rows)]


def _values(seconds: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(seconds, n=20, method="inclusive")
    return cuts[9], cuts[18]


def _points(seconds: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{value * 1000:.0f} ms" for value in _values(seconds))


def crowd(found: Crowd) -> list[str]:
    rows = [
        (one.name, f"{one.rss / MIB:.0f} MiB", f"{one.cpu * 100:.2f} % of a core")
        for one in found.services
    ]
    both = [one for one in found.services if one.name in ("controller", "edge")]
    rows.append(
        (
            "controller and edge",
            f"{sum(one.rss for one in both) / MIB:.0f} MiB",
            f"{sum(one.cpu for one in both) * 100:.2f} % of a core",
        )
    )
    awake = f"{found.tenants_bytes / MIB:.0f} MiB"
    rows.append((f"{found.awake} customers awake, together", awake, ""))
    title = f"## {found.tenants} customers, {found.awake} of them awake, nobody at work"
    return [title, "", *table(("", "resident", f"CPU over {WATCHED_S:.0f} s"), rows)]


def survived(found: Survived) -> list[str]:
    return [
        f"## The controller killed {found.kills} times at random moments",
        "",
        (
            f"{found.campaigns} updates of all customers were begun meanwhile, and "
            f"{found.requests} requests made, of which failed: {_failures(found.failures)}. "
            f"Invariants broken in the end: {len(found.broken)}."
        ),
        *(f"- {one}" for one in found.broken),
        "",
    ]
