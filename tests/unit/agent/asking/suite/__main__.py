"""python -m tests.unit.agent.asking.suite [-v]: the shares, and with -v what went which way."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[5] / "agent_image"))  # where pytest finds it too


def main() -> int:
    from data_agent.values import Answer

    from tests.unit.agent.asking.suite.report import table
    from tests.unit.agent.asking.suite.run import ask_all

    with tempfile.TemporaryDirectory() as directory:
        asked = asyncio.run(ask_all(Path(directory)))
    if "-v" in sys.argv[1:]:
        for one in asked:
            if one.verdict in {"right", "rightly declined"}:
                continue
            said = one.answer.sql if isinstance(one.answer, Answer) else one.answer.reason
            shown = " ".join(said.split())
            print(f"{one.verdict:26} {one.question.tables[0]}: {one.question.text}\n    {shown}")
    print("\n".join(table(asked)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
