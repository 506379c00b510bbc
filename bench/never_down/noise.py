"""One tenant's noise: what the others notice of it, each kind against the calm right before it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.clock import TooSlow
from bench.never_down.platforms import TIER, Platform
from bench.never_down.updates import finish
from bench.never_down.visitors import Visitor, signed_in
from bench.numbers import percentile
from bench.ours import TOP

WINDOW_S = 10.0  # of each calm and each noise
SETTLE_S = 3.0
READY_WITHIN_S = 120.0
LARGE_TIER = "  large: {users: 5, csv_files: 10, memory: 1g, cpus: 2, disk: 1g}"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Kind:
    """`name` is one of `noisy`; `large`: by the tenant whose tier has every core of the machine."""

    name: str
    words: str
    large: bool = False


KINDS = (
    Kind("nothing", "nothing: what chance makes of it"),
    Kind("idle", "no customer: every core, by processes of the kernel's weakest class"),
    Kind("sql", "all its CPU (half a core) on heavy SQL"),
    Kind("sql", "all its CPU (2 cores: the whole machine) on heavy SQL", large=True),
    Kind("memory", "all its memory, ended by the kernel again and again"),
    Kind("pids", "all its processes"),
    Kind("flood", "requests ten times beyond its rate"),
    Kind("connections", "500 open connections"),
    Kind("trickle", "500 slow-loris clients, heads and bodies"),
)


@dataclass
class Disturbed:
    """Seconds of the others' answers. `told`: what the noisy one came to, each time."""

    kind: Kind
    calm: list[float] = field(default_factory=list)
    noise: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    told: str = ""

    @property
    def ratio(self) -> float:
        return percentile(self.noise, 0.99) / percentile(self.calm, 0.99)

    def __str__(self) -> str:
        calm, noise = percentile(self.calm, 0.99), percentile(self.noise, 0.99)
        return (
            f"{self.kind.words}: p99 {calm * 1000:.1f} → {noise * 1000:.1f} ms "
            f"({self.ratio:.2f}), failed {dict(self.failed)}, {self.told}"
        )


class Limited(Platform):
    """With the limits that everybody has, and one tenant of a larger tier."""

    def __init__(self, image: str, root: Path) -> None:
        super().__init__(image, root)
        del self._env["RATE_PER_S"]

    def write(self, tenants: Sequence[str]) -> None:
        super().write(tenants)
        if tenants:
            large = f"  {tenants[-1]}: {{name: {tenants[-1]}"
            text = self._file.read_text().replace(large, f"{large}, tier: large")
            self._file.write_text(text.replace(TIER, f"{TIER}\n{LARGE_TIER}"))


def measure(side: Limited, tenants: Sequence[str], rounds: int, say: Say) -> list[Disturbed]:
    """The last of the tenants has the large tier, the one before it is noisy too."""
    side.write(tenants)
    finish(side.command("apply"))
    visitors = signed_in(side, tenants)
    *polite, small, large = visitors
    found = [Disturbed(kind) for kind in KINDS]
    for _ in range(rounds):
        for one in found:
            number = -1 if one.kind.large else -2
            noisy = large if one.kind.large else small
            _round(side, polite, (tenants[number], noisy), one)
            say(f"  {one}")
    return found


def _round(
    side: Limited, polite: Sequence[Visitor], noisy: tuple[str, Visitor], found: Disturbed
) -> None:
    _settled(noisy[1])
    found.calm += _asked(side, polite, found.failed)
    words = [
        sys.executable, "-m", "bench.never_down.noisy", found.kind.name,
        "--port", str(side.port), "--tenant", noisy[0],
        "--seconds", str(SETTLE_S + WINDOW_S + 1),
    ]  # fmt: skip
    with subprocess.Popen(
        words, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as making:
        assert making.stdin is not None
        json.dump(headers(noisy[1]), making.stdin)
        making.stdin.close()
        try:
            time.sleep(SETTLE_S)
            found.noise += _asked(side, polite, found.failed)
            making.wait(timeout=READY_WITHIN_S)
            found.told = making.stdout.read().strip() if making.stdout else ""
        finally:
            making.kill()


def _asked(side: Limited, polite: Sequence[Visitor], failed: Counter[str]) -> list[float]:
    words = [
        sys.executable, "-m", "bench.never_down.polite",
        "--port", str(side.port), "--seconds", str(WINDOW_S),
    ]  # fmt: skip
    done = subprocess.run(
        words,
        cwd=TOP,
        input=json.dumps([headers(visitor) for visitor in polite]),
        capture_output=True,
        text=True,
        timeout=WINDOW_S + READY_WITHIN_S,
        check=False,
    )
    if done.returncode:
        raise TooSlow(f"the polite clients ended: {done.stderr[-2000:]}")
    met = json.loads(done.stdout)
    failed.update(met["failed"])
    seconds: list[float] = met["seconds"]
    return seconds


def headers(visitor: Visitor) -> dict[str, str]:
    """What it sends along, signed in."""
    return dict(visitor._headers("application/json"))


def _settled(noisy: Visitor) -> None:
    """The noisy one answers again, and what the noise left behind is over."""
    end = time.monotonic() + READY_WITHIN_S
    while noisy.ask_once("GET", "/api/v1/me", None, "application/json") != 200:
        if time.monotonic() > end:
            raise TooSlow("the noisy tenant did not come back")
        time.sleep(0.5)
    time.sleep(SETTLE_S)


def section(found: Sequence[Disturbed]) -> str:
    """Markdown."""
    rows = [
        "| "
        + " | ".join(
            (
                one.kind.words,
                *(_ms(values, share) for share in (0.5, 0.99) for values in (one.calm, one.noise)),
                f"{one.ratio:.2f}",
                str(sum(one.failed.values())),
                one.told,
            )
        )
        + " |"
        for one in found
    ]
    asked = sum(len(one.calm) + len(one.noise) for one in found)
    return f"""\
## One noisy customer, five others at work

The others are asked `GET /api/v1/me` by signed-in people, 20 times a second each, on kept
connections, {asked} times in all; a request counts from the moment at which it is due. Each kind
of noise is set against the calm right before it. Whoever asks and whoever makes the noise runs on
this machine too: with two cores the noise's own cost (a flood's most of all) is in these numbers,
where in earnest it would be on other machines. Connections from this machine are not counted, so
those of the last two rows meet no limit on connections. The aim is a p99 of at most 1.2 times.
The second row is what any kind that keeps the cores busy is to be set against: processes of class
SCHED_IDLE, outside of the platform and of every container, which the kernel runs only when nobody
else wants to. What they do to the p99 no weight or quota of ours can undo.

| the noisy one uses up | p50 calm | p50 | p99 calm | p99 | ratio | others failed | came to |
|---|---|---|---|---|---|---|---|
""" + "\n".join(rows) + "\n"  # fmt: skip


def _ms(seconds: Sequence[float], share: float) -> str:
    return f"{percentile(seconds, share) * 1000:.1f} ms"
