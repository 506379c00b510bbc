"""Every rejected record of a file can be had, also of those that no report has room for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.errors import BadUpload, StorageFull

from tests.unit.agent.engine.running import run

GOOD, BAD = 1500, 2500


def messy(directory: Path) -> Path:
    path = directory / "messy.csv"
    rows = [f"{n},x,y\n" for n in range(GOOD)] + [f"{n}\n" for n in range(BAD)]
    path.write_text("a,b,c\n" + "".join(rows) + "1,2,3\n")
    return path


def test_all_rejects_are_written_with_their_lines(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        upload, target = messy(directory), directory / "rejects.tmp"
        report = await engine.import_file(upload, filename="messy.csv", table="t")
        assert (report.rejected, len(report.rejects)) == (BAD, 1000)
        assert await engine.write_rejects(upload, target)
        found = [json.loads(line) for line in target.read_text().splitlines()]
        assert [line for line, _, _ in found] == list(range(GOOD + 2, GOOD + BAD + 2))
        first = report.rejects[0]
        assert found[0] == [first.line, first.reason, first.text]

    run(tmp_path, scenario)


def test_a_list_above_its_limit_is_cut_at_a_line_and_said_to_be(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        target = directory / "rejects.tmp"
        assert not await engine.write_rejects(messy(directory), target)
        found = [json.loads(line) for line in target.read_text().splitlines()]
        assert 0 < len(found) < BAD
        assert target.stat().st_size <= 20_000

    run(tmp_path, scenario, max_export_bytes=20_000)


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        (directory / "empty.csv").write_text("\n")
        with pytest.raises(BadUpload, match="empty"):
            await engine.write_rejects(directory / "empty.csv", directory / "rejects.tmp")

    async def full(engine: WorkerEngine, directory: Path) -> None:
        with pytest.raises(StorageFull):
            await engine.write_rejects(messy(directory), directory / "other.tmp")

    run(tmp_path, scenario)
    run(tmp_path, full, quota_bytes=1024)
