"""What several verbs say about tenants in the same way."""

from __future__ import annotations

from dataclasses import asdict

from orchestrator.core.report import StatusReport

STATE_COLOURS = {
    "running": "green", "starting": "yellow", "swapping": "yellow", "sleeping": "blue",
    "suspended": "blue", "failed": "red", "retired": "dim",
}  # fmt: skip

# The contract of `status --json` (design.md, section 6): scripts rely on these keys and no others.
CONTRACT = (
    "id", "name", "tier", "state", "why", "url", "image", "digest", "users", "csv_files",
    "memory_bytes", "data_bytes", "last_request", "deployed_at",
)  # fmt: skip


def status_document(report: StatusReport) -> dict[str, object]:
    """The report for `--json`. `problems` of the platform are there only when there are any."""
    rows = [asdict(tenant) for tenant in report.tenants]
    document: dict[str, object] = {
        "tenants": [{key: row[key] for key in CONTRACT} for row in rows],
        "routes_confirmed": report.routes_confirmed,
        "converged": report.converged,
    }
    if report.problems:
        document["problems"] = list(report.problems)
    return document
