"""The agent's table on the page: one line per aim, ours, its peer, their ratio, the aim."""

from __future__ import annotations

from collections.abc import Sequence

from bench.agent import AgentFigures
from bench.agent_import import IMPORT_LIMIT, Query
from bench.numbers import percentile, ratios
from bench.people import PEOPLE
from bench.tables import MIB, mib, milliseconds, ratio, seconds, table

Row = tuple[str, ...]
HEAD = ("median (lowest–highest)", "ours", "peer", "ratio", "pairs", "aim")


def agent_table(found: AgentFigures) -> list[str]:
    """Its lines, as Markdown."""
    return table(HEAD, [*_imports(found), *_queries(found), *_starts(found), *_people(found)])


def _imports(found: AgentFigures) -> list[Row]:
    size = f"{found.engine.rows:,} × 12 ({found.engine.size / MIB:.0f} MiB as LF)"
    rows = [
        _paired(
            f"import, {size}, {shape}: seconds, against `read_csv`",
            [pair.ours_s for pair in pairs],
            [pair.bare_s for pair in pairs],
            f"≤ {IMPORT_LIMIT}",
        )
        for shape, pairs in found.engine.imports.items()
    ]
    peak, limit = found.inside.peak / MIB, found.inside.limit / MIB
    inside = _paired(
        "uploaded into a small tenant's walls: seconds, against `read_csv` in the same",
        found.inside.ours_s,
        found.inside.bare_s,
        "–",
    )
    memory = (
        "its highest memory by cgroup",
        f"{peak:.0f} MiB",
        "–",
        "–",
        "–",
        f"≤ {limit:.0f} MiB",
    )
    return [*rows, inside, memory]


def _queries(found: AgentFigures) -> list[Row]:
    return [
        _query("group by over these rows, warm, in SQL, against DuckDB itself", found.engine.sql),
        _query("the same asked in words", found.engine.words),
    ]


def _query(name: str, query: Query) -> Row:
    ratio_text = ratio(ratios(query.ours_s, query.bare_s))
    aim = f"≤ {query.allowed_s * 1000:.0f} ms"
    ours, bare = milliseconds(query.ours_s), milliseconds(query.bare_s)
    return (name, ours, bare, ratio_text, str(len(query.ours_s)), aim)


def _starts(found: AgentFigures) -> list[Row]:
    agent, bare = found.starts.agent, found.starts.bare
    page = ("`docker start` → the sign-in page, right after that", seconds(agent.page_s))
    return [
        _paired(
            "`docker start` → first 200: seconds, against a bare Starlette",
            agent.first_s,
            bare.first_s,
            "≤ 1.3",
        ),
        _paired("processor seconds until then", agent.cpu_s, bare.cpu_s, "–"),
        (*page, "–", "–", str(len(agent.page_s)), "–"),
        (
            "at rest after a start, by cgroup",
            mib(agent.rest),
            mib(bare.rest),
            ratio(ratios(agent.rest, bare.rest)),
            str(len(agent.rest)),
            "≤ 40 MiB",
        ),
        ("at rest after the questions below", mib([found.people.rest]), *["–"] * 3, "≤ 40 MiB"),
    ]


def _people(found: AgentFigures) -> list[Row]:
    people = found.people
    whole = _paired(
        f"{PEOPLE} people ask at once until the last has an answer: seconds, against one by one",
        people.rounds_together_s,
        people.rounds_alone_s,
        "–",
    )
    asked = len(people.together_s) + len(people.alone_s)
    return [
        whole,
        _share("one answer among them, p50", people.together_s, people.alone_s, 0.5),
        _share("one answer among them, p95", people.together_s, people.alone_s, 0.95),
        ("questions that failed", f"{people.failed} of {asked}", "–", "–", "–", "0"),
    ]


def _paired(name: str, ours: Sequence[float], peer: Sequence[float], aim: str) -> Row:
    both = ratios(ours, peer)
    return (name, seconds(ours), seconds(peer), ratio(both), str(both.count), aim)


def _share(name: str, ours: Sequence[float], peer: Sequence[float], share: float) -> Row:
    mine, theirs = percentile(ours, share), percentile(peer, share)
    return (name, f"{mine:.2f} s", f"{theirs:.2f} s", "–", "–", "–")
