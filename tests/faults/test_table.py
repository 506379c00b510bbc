"""docs/reliability.md names tests that are there, and every row names one."""

from __future__ import annotations

import re

from tests.support.stack_site import TOP

PAGE = TOP / "docs/reliability.md"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def rows() -> list[str]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [line for line in lines if not line.startswith(("|---", "| fault |"))]


def test_every_row_names_a_test_that_is_there() -> None:
    assert len(rows()) > 40
    for row in rows():
        found = NAMED.findall(row)
        assert found, f"no test: {row}"
        for name, test in found:
            whole = name if name.startswith("tests/") else f"tests/integration/stack/{name}"
            path = TOP / whole
            assert f"def {test}(" in path.read_text(), f"{path} has no {test}"
