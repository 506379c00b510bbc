"""Tables of hundreds of columns, in the memory of the small tier."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine

from tests.unit.agent.engine.running import run

VALUES = {"whole numbers": "{}", "money": "{}.25", "dates": "0{}.02.2024"}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("columns", [160, 1000])
def test_a_wide_file_of_numbers_is_imported(tmp_path: Path, kind: str, columns: int) -> None:
    rows = 3000
    row = ",".join(VALUES[kind].format(1 + n % 9) for n in range(columns))
    header = ",".join(f"c{n}" for n in range(columns))

    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        upload = directory / "wide.csv"
        upload.write_text(f"{header}\n" + f"{row}\n" * rows)
        report = await engine.import_file(upload, filename="wide.csv", table="wide")
        assert (report.rows_kept, len(report.columns)) == (rows, columns)
        assert {column.type for column in report.columns} <= {"BIGINT", "DECIMAL(18,2)", "DATE"}
        found = await engine.sql(f"SELECT count(*), count(c0), count(c{columns - 1}) FROM wide")
        assert found.rows == ((rows, rows, rows),)
        (table,) = await engine.tables()
        assert len(table.columns) == columns

    run(tmp_path, scenario)
