"""What a container's limit of the processor means for the threads of an import."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from data_agent.engine import process
from data_agent.engine.cores import cores, writer_threads
from data_agent.engine.settings import EngineSettings

ALL = float(len(os.sched_getaffinity(0)))


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"cpu.max": "50000 100000\n"}, 0.5),
        ({"cpu.max": "max 100000\n"}, ALL),
        ({"cpu/cpu.cfs_quota_us": "25000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 0.25),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, ALL),
        ({"cpu/cpu.cfs_quota_us": "25000\n"}, ALL),
        ({"cpu.max": "?"}, ALL),
        ({}, ALL),
    ],
)
def test_the_limit_is_read_where_there_is_one(
    tmp_path: Path, files: dict[str, str], found: float
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert cores(tmp_path) == found


def test_half_a_core_imports_with_one_thread() -> None:
    assert [writer_threads(n) for n in (0.5, 1.0, 1.5, 2.0)] == [1, 1, 2, 2]


def test_the_cores_of_an_import_are_those_that_there_are_when_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = EngineSettings(data_dir=tmp_path, writer_threads=None)
    threads = []
    for lent_or_own in (2.0, 0.5):
        monkeypatch.setattr(process, "cores", lambda now=lent_or_own: now)
        threads.append(process.orders(settings, "writer").threads)
    assert threads == [2, 1]
    assert process.orders(EngineSettings(data_dir=tmp_path), "writer").threads == 2
