"""`python -m orchestrator.controller`."""

from orchestrator.wiring import run_controller

run_controller()
