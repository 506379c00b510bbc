"""Runs the agent: `python -m data_agent`. Settings come from the environment (settings.py)."""

import gc

# What imports make stays: looking through it for garbage again and again is a tenth of a start.
gc.disable()

from data_agent.serve import main  # noqa: E402

gc.freeze()
gc.enable()

if __name__ == "__main__":
    raise SystemExit(main())
