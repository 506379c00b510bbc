"""A plan in words: one line per customer, in colour by what happens to it."""

from __future__ import annotations

from orchestrator.cli.screen import Screen
from orchestrator.cli.text import clean, pad, width
from orchestrator.client.answers import PlannedTenant, PlanReport
from orchestrator.client.wire import problem_line
from orchestrator.core.problems import Problem

# Symbol and colour per action; what is not here (a newer controller) gets OTHER.
LOOKS = {
    "start": ("+", "green"),
    "restart": ("~", "yellow"),
    "swap": ("~", "yellow"),
    "fall back": ("~", "yellow"),
    "sleep": ("~", "yellow"),
    "stop": ("~", "yellow"),
    "route": ("~", "yellow"),
    "heal": ("~", "yellow"),
    "rename": ("~", "yellow"),
    "retire": ("-", "red"),
    "wait": (".", "dim"),
    "blocked": ("!", "red"),
}
OTHER = ("*", "")
STEP = 6  # where steps begin
BESIDE = 40  # columns that further lines of a reason need to stand below its first


def show_plan(plan: PlanReport, screen: Screen, *, steps: bool = False) -> None:
    """The plan, then what stands in its way."""
    names = [clean(one.tenant) for one in plan.tenants]
    column = max(map(width, names), default=0)
    for name, planned in zip(names, plan.tenants, strict=True):
        _show_tenant(planned, pad(name, column), screen)
        for step in planned.steps if steps else ():
            screen.tell(clean(step), " " * STEP, "dim", hang=STEP + 2)
    if not plan.tenants:
        screen.say(screen.paint("= nothing to do", "green"))
    if plan.standing:
        screen.tell(clean(plan.standing), f"{screen.paint('!', 'yellow', 'bold')} ")
    show_problems(plan.problems, screen)
    if plan.refused:
        word = screen.paint("refused:", "red", "bold", stream=screen.err)
        screen.tell(clean(plan.refused.detail), f"{word} ", to_err=True)
        screen.mend(plan.refused.mend)


def _show_tenant(planned: PlannedTenant, name: str, screen: Screen) -> None:
    symbol, colour = LOOKS.get(planned.action, OTHER)
    action = pad(clean(planned.action), 7)
    taken = width(f"{symbol} {name}  {action}  ")
    lead = f"{screen.paint(symbol, colour, 'bold')} {name}  {screen.paint(action, colour)}  "
    beside = screen.columns - taken >= BESIDE
    screen.tell(in_words(planned), lead, hang=taken if beside else STEP - 2)


def in_words(planned: PlannedTenant) -> str:
    """`memory 384m → 768m (tier small → medium)`, or the reason alone."""
    changes = ", ".join(
        f"{clean(one.field)} {clean(one.old)} → {clean(one.new)}" for one in planned.changes
    )
    why = clean(planned.why)
    if changes and why:
        return f"{changes} ({why})"
    return changes or why


def show_problems(
    problems: tuple[Problem, ...], screen: Screen, file: str = "tenants.yaml"
) -> None:
    """Each problem of tenants.yaml as `tenants.yaml:12: path: what`, its mend below it."""
    for problem in problems:
        screen.tell(clean(problem_line(problem, file)), hang=2, to_err=True)
        screen.mend(problem.mend)
