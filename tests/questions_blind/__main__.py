"""python -m tests.questions_blind [-v] [NAME]: asks the held-out sets, or those that are named."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "agent_image"))  # where pytest finds it too


def main(arguments: list[str]) -> int:
    from tests.questions_blind.asking import ask_set
    from tests.questions_blind.questions import sets
    from tests.questions_blind.reporting import details, line

    for name in [argument for argument in arguments if argument != "-v"] or sets():
        with tempfile.TemporaryDirectory() as directory:
            asked = asyncio.run(ask_set(name, Path(directory)))
        if "-v" in arguments:
            print("\n".join(details(asked)))
        print(line(name, asked))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
