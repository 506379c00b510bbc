"""Progress of long work: live lines that redraw themselves on a terminal, plain ones elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from orchestrator.cli.planning import show_plan
from orchestrator.cli.screen import Screen
from orchestrator.cli.text import clean, fit
from orchestrator.client.answers import Progress
from orchestrator.client.wire import cut_off

BAR = 24  # columns
MOST_LIVE = 8  # customers with a live line at once; the rest is counted
_UP_AND_CLEAR = "\x1b[1A\x1b[2K"


def follow(work: Iterable[Progress], screen: Screen) -> Progress:
    """Show the work while it goes on and return its last line, unshown."""
    view = _Live(screen) if screen.live else _Plain(screen)
    try:
        for step in work:
            if step.kind == "done":
                return step
            if step.plan:
                show_plan(step.plan, screen)
            else:
                view.show(step)
    finally:
        view.close()
    raise cut_off()


def run_to_end(work: Iterable[Progress], screen: Screen) -> int:
    """`follow`, then the final line or the JSON document. The exit code."""
    if screen.as_json:
        document = as_document(work)
        screen.give(document)
        return 0 if document["ok"] else 1
    return say_end(follow(work, screen), screen)


def say_end(done: Progress, screen: Screen) -> int:
    """The final line of some work; the exit code."""
    if done.ok:
        screen.tell(clean(done.text), f"{screen.paint('done:', 'green', 'bold')} ")
        return 0
    word = screen.paint("failed:", "red", "bold", stream=screen.err)
    screen.tell(clean(done.text), f"{word} ", to_err=True)
    screen.mend("`tenantctl status` tells how each customer is, `tenantctl logs ID` why.")
    return 1


def as_document(work: Iterable[Progress]) -> dict[str, object]:
    """The whole of some work as one JSON document."""
    lines: list[dict[str, object]] = []
    for step in work:
        if step.kind == "done":
            return {"ok": bool(step.ok), "text": step.text, "progress": lines}
        if step.plan is None:  # whoever wants it as JSON asks `tenantctl plan --json`
            lines.append({key: asdict(step)[key] for key in ("kind", "tenant", "text")})
    raise cut_off()


class _Plain:
    """One line per step, as it comes: for files, pipes and CI."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def show(self, step: Progress) -> None:
        self._screen.tell(_line(step), hang=2)

    def close(self) -> None:
        """Nothing to take back."""


class _Live:
    """Outcomes stay; below them one line per customer that is being worked on."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._doing: dict[str, str] = {}
        self._count = ""
        self._drawn = 0

    def show(self, step: Progress) -> None:
        self._erase()
        tenant = clean(step.tenant or "")
        if step.kind == "count":
            self._count = f"  {_bar(step.share or 0.0)} {clean(step.text)}"
        elif step.kind == "step" and tenant:
            self._doing[tenant] = clean(step.text)
        else:
            self._doing.pop(tenant, None)
            self._screen.tell(_line(step), f"{self._mark(step)} ")
        self._draw()

    def close(self) -> None:
        self._erase()

    def _mark(self, step: Progress) -> str:
        if step.kind != "outcome":
            return self._screen.paint("·", "dim")
        if step.ok is False:
            return self._screen.paint("✗", "red")
        return self._screen.paint("✓", "green")

    def _draw(self) -> None:
        lines = [f"  {tenant}: {text} …" for tenant, text in list(self._doing.items())[:MOST_LIVE]]
        if len(self._doing) > MOST_LIVE:
            lines.append(f"  and {len(self._doing) - MOST_LIVE} more …")
        lines += [self._count] if self._count else []
        for line in lines:
            self._screen.say(self._screen.paint(fit(line, self._screen.columns - 1), "dim"))
        self._drawn = len(lines)

    def _erase(self) -> None:
        self._screen.out.write(_UP_AND_CLEAR * self._drawn)
        self._screen.out.flush()
        self._drawn = 0


def _bar(share: float) -> str:
    filled = round(BAR * min(1.0, max(0.0, share)))
    return f"[{'#' * filled}{'.' * (BAR - filled)}]"


def _line(step: Progress) -> str:
    text = clean(step.text)
    return f"{clean(step.tenant)}: {text}" if step.tenant else text
