"""The benchmarks' arithmetic and page: what is written, and that nothing else of it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.agent import AgentFigures
from bench.agent_import import Figures, Import, Query
from bench.agent_page import agent_table
from bench.clock import Growth
from bench.fleet_page import fleet_tables
from bench.inside import Inside
from bench.numbers import Spread, percentile, ratios
from bench.page import BEGIN, END, PageDamaged, render, write
from bench.people import People
from bench.rounds import Results
from bench.starts import Side, Starts

MIB = 2**20
FIGURES = AgentFigures(
    engine=Figures(
        rows=1_000_000,
        size=100 * MIB,
        imports={"LF": [Import(2.0, 3.0, 200 * MIB), Import(2.0, 2.0, 210 * MIB)]},
        sql=Query(bare_s=[0.010, 0.012, 0.020], ours_s=[0.020, 0.024, 0.020]),
        words=Query(bare_s=[0.010, 0.010], ours_s=[0.030, 0.050]),
    ),
    starts=Starts(
        agent=Side([1.0, 1.2], [1.1, 1.3], [0.2, 0.3], [30.0 * MIB]),
        bare=Side([0.8, 1.0], [], [0.1, 0.1], [20.0 * MIB]),
    ),
    inside=Inside([9.0], [3.0], peak=340 * MIB, limit=384 * MIB),
    people=People(
        together_s=[n / 10 for n in range(1, 21)],
        alone_s=[0.1] * 20,
        rounds_together_s=[2.0],
        rounds_alone_s=[2.5],
        failed=1,
        rest=33 * MIB,
    ),
)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [0.3, 0.1, 0.2, 0.4]
    assert [percentile(values, share) for share in (0, 0.25, 0.5, 0.51, 0.95, 1)] == [
        0.1, 0.1, 0.2, 0.3, 0.4, 0.4,
    ]  # fmt: skip


def test_ratios_are_of_pairs() -> None:
    assert ratios([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]) == Spread(2.0, 1.0, 3.0, 3)
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0], [1.0, 2.0])


def test_the_agents_table_has_ours_the_peers_their_ratio_and_the_aim() -> None:
    lines = agent_table(FIGURES)
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in lines if line}
    imported = rows["import, 1,000,000 × 12 (100 MiB as LF), LF: seconds, against `read_csv`"]
    assert imported.endswith(
        "| 2.50 (2.00–3.00) | 2.00 (2.00–2.00) | **1.25** (1.00–1.50) | 2 | ≤ 1.5 |"
    )
    started = rows["`docker start` → first 200: seconds, against a bare Starlette"]
    assert "| 1.10 (1.00–1.20) | 0.90 (0.80–1.00) | **1.23** (1.20–1.25) | 2 | ≤ 1.3 |" in started
    group_by = rows["group by over these rows, warm, in SQL, against DuckDB itself"]
    assert group_by.endswith("| 3 | ≤ 46 ms |")  # 1.3 times 12 ms, and 30 ms
    assert "| 1.90 s | 0.10 s |" in rows["one answer among them, p95"]
    assert "| 1 of 40 |" in rows["questions that failed"]
    assert len({line.count(" | ") for line in lines if line}) == 1


def test_the_fleets_tables_pair_what_was_measured_in_one_round() -> None:
    ours, peer = Results(), Results()
    for mine, theirs in ((1.0, 2.0), (3.0, 2.0)):
        ours.from_zero.append(Growth(mine, mine))
        peer.from_zero.append(Growth(theirs, 0.5))
        ours.one_more.append(Growth(mine, mine))
        peer.one_more.append(Growth(theirs, 0.5))
        ours.watched.append(Growth(mine, None))
    text = "\n".join(fleet_tables(ours, peer))
    assert "| 20 from zero: command → all routable | 2.00 (1.00–3.00) | 2.00 (2.00–2.00)" in text
    assert "| one more with `watch: true` | 1.00, 3.00 | – |" in text


def test_only_what_stands_between_the_marks_of_a_part_is_written(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    fleet, agent = (BEGIN.format(part=one) for one in ("fleet", "agent"))
    end = END.format(part="agent")
    page.write_text(
        f"before\n{fleet}\nkept\n{END.format(part='fleet')}\n{agent}\nold\n{end}\nafter\n"
    )
    write(page, "agent", render([("date", "today")], ["| a |", ""]))
    text = page.read_text()
    assert text.startswith(f"before\n{fleet}\nkept\n")
    assert f"{agent}\n\n| a |\n\n| measured on |  |\n" in text
    assert text.endswith(f"| date | today |\n\n{end}\nafter\n")
    assert "old" not in text


def test_a_page_without_the_marks_of_a_part_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{BEGIN.format(part='agent')}\nafter\n")
    before = page.read_text()
    with pytest.raises(PageDamaged, match="must hold the lines"):
        write(page, "agent", "new")
    assert page.read_text() == before
