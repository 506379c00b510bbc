"""Everything about one data agent: import, answers, start, rest, many people at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import agent_import, inside, people, starts
from bench.boxes import Boxes

IMPORTS, INSIDE, PEOPLE = 3, 3, 5  # rounds of each

Say = Callable[[str], None]


@dataclass(frozen=True)
class AgentFigures:
    """Each with its peer, of the same run."""

    engine: agent_import.Figures
    starts: starts.Starts
    inside: inside.Inside
    people: people.People


def measure(root: Path, image: str, say: Say, *, pairs: int, rows: int) -> AgentFigures:
    """`pairs` of starts; `rows` of the imported file. Makes containers below `root` and removes
    them, whatever happens."""
    with tempfile.TemporaryDirectory(dir=root, prefix="import-") as made:
        folder = Path(made)
        say("the agent's engine and bare DuckDB, in turn")
        engine = agent_import.measure(folder, IMPORTS, say, rows=rows)
        with Boxes(root / "boxes") as boxes:
            say("starts of an agent and of a bare Starlette, in turn")
            started = starts.measure(boxes, image, pairs, say)
            say("one customer's container")
            box = boxes.make("people", image)
            imported = inside.measure(boxes, box, folder, INSIDE, say)
            asked = people.measure(boxes, box, PEOPLE, say)
    return AgentFigures(engine, started, imported, asked)
