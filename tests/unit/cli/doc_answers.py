"""The platform that docs/cli.md shows: what its controller answers to each example."""

from __future__ import annotations

from tests.unit.recorded_controller import Lines, Text

ROW = {
    "tier": "small", "state": "running", "why": "", "image": "data-agent:latest",
    "digest": "sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f9", "memory_bytes": 42_991_616,
    "last_request": None, "deployed_at": "2026-11-23T05:01:42Z",
}  # fmt: skip
A = {
    **ROW, "id": "customer-a", "name": "Customer A", "url": "http://customer-a.localhost",
    "users": 3, "csv_files": 5, "data_bytes": 3_250_585,
}  # fmt: skip
B = {
    **ROW, "id": "customer-b", "name": "Customer B", "url": "http://customer-b.localhost",
    "tier": "medium", "users": 2, "csv_files": 2, "data_bytes": 1_468_006,
}  # fmt: skip
C = {
    **ROW, "id": "customer-c", "name": "Customer C", "url": "http://customer-c.localhost",
    "state": "failed", "users": 1, "csv_files": 0, "memory_bytes": None, "data_bytes": 45_056,
    "requests_per_second": 200, "requests_at_once": 64, "hold_for": 30,
    "why": "failed 3 times in a row; next try in 20 s. Its process was killed: out of memory.",
}  # fmt: skip
STATUS = {"tenants": [A, B, C], "routes_confirmed": True, "converged": False}
PLAN = {
    "tenants": [
        {
            "tenant": "customer-b", "action": "swap", "why": "its settings or image changed",
            "changes": [
                {"field": "memory", "old": "768m", "new": "2g"},
                {"field": "cpus", "old": "1", "new": "2"},
            ],
            "steps": [
                "stop container 5f0c1d2e3a4b", "remove container 5f0c1d2e3a4b",
                "create container tenant-customer-b", "start container tenant-customer-b",
                "wait until customer-b is ready", "route customer-b.localhost",
            ],
        },
        {
            "tenant": "customer-d", "action": "start", "why": "new tenant", "changes": [],
            "steps": [],
        },
        {
            "tenant": "customer-e", "action": "retire", "changes": [], "steps": [],
            "why": "it left tenants.yaml; its data is kept",
        },
    ],
    "problems": [],
    "refused": None,
}  # fmt: skip


def work(*lines: tuple[str, str], end: str, plan: dict | None = None) -> Lines:
    """A stream: `tenant`, text; `end` is its last word."""
    planned = [{"kind": "plan", "plan": plan}] if plan else []
    steps = ({"kind": "step", "tenant": tenant, "text": text} for tenant, text in lines)
    return Lines((*planned, *steps, {"kind": "done", "ok": True, "text": end, "status": None}))


def used(day: str, requests: int, read: int, written: int, estimated: int = 0) -> dict:
    return {
        "tenant": "customer-a", "day": day, "requests": requests,
        "input_tokens": read, "output_tokens": written, "estimated": estimated,
    }  # fmt: skip


WEEK = [used("2026-11-23", 9, 11_200, 1_640), used("2026-11-21", 52, 73_010, 8_090)]
USAGE_OF_A = {"id": "customer-a", "tokens_per_day": None, "used_today": 12_840, "days": WEEK}
USAGE_OF_B = {
    "id": "customer-b", "tokens_per_day": 500_000, "used_today": 0,
    "days": [used("2026-11-20", 2, 2_404, 311, estimated=2)],
}  # fmt: skip

ANSWERS = {
    "GET /v1/status": STATUS,
    "GET /v1/usage?days=30": {
        "days_asked": 30, "today": "2026-11-23", "tenants": [USAGE_OF_A, USAGE_OF_B],
    },
    "GET /v1/usage?tenant=customer-a&days=7": {
        "days_asked": 7, "today": "2026-11-23", "tenants": [USAGE_OF_A],
    },
    "GET /v1/plan": PLAN,
    "POST /v1/apply": work(
        ("customer-b", "stop container 5f0c1d2e3a4b"),
        ("customer-d", "create container tenant-customer-d"),
        ("customer-e", "take customer-e off the routes"),
        ("customer-b", "wait until customer-b is ready"),
        ("customer-d", "wait until customer-d is ready"),
        ("customer-d", "route customer-d.localhost"),
        end="4 running, 1 retired",
        plan=PLAN,
    ),
    "POST /v1/tenants/customer-a/restart": work(
        ("customer-a", "hold the requests of customer-a at the gate"),
        ("customer-a", "stop container 9c8b7a6f5e4d"),
        ("customer-a", "start container tenant-customer-a"),
        ("customer-a", "wait until customer-a is ready"),
        ("customer-a", "restarted: held 3, longest 1.2 s, failed 0"),
        end="3 running",
    ),
    "POST /v1/tenants/customer-a/sleep": work(
        ("customer-a", "hold the requests of customer-a at the gate"),
        ("customer-a", "wait until customer-a has no request under way"),
        ("customer-a", "put customer-a to sleep"),
        ("customer-a", "stop container 9c8b7a6f5e4d"),
        ("customer-a", "fell asleep"),
        end="2 running, 1 sleeping",
    ),
    "POST /v1/tenants/customer-a/wake": work(
        ("customer-a", "start container tenant-customer-a"),
        ("customer-a", "wait until customer-a is ready"),
        ("customer-a", "route customer-a.localhost"),
        ("customer-a", "woke up"),
        end="3 running",
    ),
    "POST /v1/update": Lines(
        (
            {"kind": "note", "text": "tenants.yaml: defaults.image: data-agent:1 → data-agent:2"},
            {"kind": "count", "text": "0 of 3 customers", "share": 0.0},
            *(
                {"kind": "step", "tenant": tenant, "text": text}
                for tenant, text in (
                    ("customer-a", "hold the requests of customer-a at the gate"),
                    ("customer-a", "wait until customer-a is ready"),
                    ("customer-a", "swapped: held 14, longest 1.4 s, failed 0"),
                )
            ),
            {"kind": "note", "text": "watching the first for 10 s"},
            {"kind": "count", "text": "1 of 3 customers", "share": 0.33},
            {
                "kind": "step", "tenant": "customer-b",
                "text": "swapped: held 3, longest 1.2 s, failed 0",
            },
            {
                "kind": "step", "tenant": "customer-c",
                "text": "swapped: held 0, longest 0.0 s, failed 0",
            },
            {"kind": "note", "text": "watching all 3 for 10 s"},
            {"kind": "count", "text": "3 of 3 customers", "share": 1.0},
            {
                "kind": "done", "ok": True,
                "text": "update 7: 3 updated, 1 with an image of their own left alone",
            },
        )
    ),
    "GET /v1/update": {
        "number": 7, "kind": "update", "at": 1795410102.0, "state": "done",
        "text": "update 7: 3 updated", "pinned": ["customer-d"],
        "tenants": [
            {
                "tenant": tenant, "state": "updated", "reason": "", "image": "data-agent:2",
                "wanted": "sha256:77e50db82f7e00", "running": "sha256:77e50db82f7e00",
                "version": "2.0.0",
            }
            for tenant in ("customer-a", "customer-b", "customer-c")
        ],
    },
    "POST /v1/rollback": work(
        ("customer-b", "hold the requests of customer-b at the gate"),
        ("customer-b", "wait until customer-b is ready"),
        ("customer-b", "swapped: held 2, longest 1.3 s, failed 0"),
        end="rollback 8: 1 brought back",
    ),
    "GET /v1/tenants/customer-a/logs": Text(
        "2026-11-23 05:01:41 INFO Application startup complete.\n"
        "2026-11-23 05:01:41 INFO Listening on port 8000.\n"
    ),
    "GET /v1/events": {
        "events": [
            {"at": at, "tenant": tenant, "kind": kind, "text": text}
            for at, tenant, kind, text in (
                (1795410102.0, "customer-a", "started", "new tenant"),
                (1795410102.4, "customer-b", "fell asleep", "nobody has used it for a while"),
                (
                    1795410161.9, "customer-c", "crashed",
                    "its process ended with exit code 3. Last log lines: the flux ran dry",
                ),
            )
        ]
    },
    "GET /v1/doctor": {
        "ok": False,
        "checks": [
            {"name": "Docker engine", "ok": True, "detail": "version 26.1.5", "mend": ""},
            {
                "name": "images", "ok": True, "detail": "every tenant's image is on this machine",
                "mend": "",
            },
            {
                "name": "disk", "ok": False,
                "detail": "3% free under /var/lib/orchestrator (1.2 GB)",
                "mend": "Free some space or grow the disk; uploads are refused when it is nearly"
                " full.",
            },
        ],
    },
    "GET /v1/tenants/customer-a/credentials": {
        "username": "admin", "password": "wise-otter-57-maple", "state": "unused",
    },
    "GET /v1/tenants/customer-b/credentials": {
        "username": "admin", "password": None, "state": "used",
    },
    "GET /v1/tenants/customer-c/credentials": {
        "username": "admin", "password": "calm-birch-20-river", "state": "unused",
    },
    "POST /v1/tenants": {"file": "tenants.yaml", "changed": ["tenants.customer-d added"]},
    "PATCH /v1/tenants/customer-b": {
        "file": "tenants.yaml", "changed": ["tenants.customer-b.tier: medium → large"],
    },
    "DELETE /v1/tenants/customer-e": {
        "file": "tenants.yaml", "changed": ["tenants.customer-e removed"],
    },
    "POST /v1/tenants/customer-e/purge": {"purged": "customer-e", "bytes": 3_250_585},
}  # fmt: skip


def one_plan(action: str, why: str) -> dict:
    planned = {"tenant": "customer-b", "action": action, "why": why, "changes": [], "steps": []}
    return {"tenants": [planned], "problems": [], "refused": None}


OF_VERB = {  # what is answered otherwise
    "rollback": {
        "GET /v1/update": {
            "number": 8, "kind": "rollback", "at": 1795410102.0, "state": "done", "text": "",
            "tenants": [
                {
                    "tenant": "customer-b", "state": "updated", "reason": "",
                    "image": "data-agent:1", "wanted": "sha256:bec6ad95e06700",
                    "running": "sha256:bec6ad95e06700", "version": "1.4.0",
                }
            ],
        },
    },
    "suspend": {
        "PATCH /v1/tenants/customer-b": {
            "file": "tenants.yaml", "changed": ["tenants.customer-b.state: suspended"],
        },
        "POST /v1/apply": work(
            ("customer-b", "take customer-b off the routes"),
            ("customer-b", "stop container 5f0c1d2e3a4b"),
            ("customer-b", "stopped"),
            end="2 running, 1 suspended",
            plan=one_plan("stop", "tenants.yaml says suspended"),
        ),
    },
    "resume": {
        "PATCH /v1/tenants/customer-b": {
            "file": "tenants.yaml",
            "changed": ["tenants.customer-b.state removed, it was suspended"],
        },
        "POST /v1/apply": work(
            ("customer-b", "start container tenant-customer-b"),
            ("customer-b", "wait until customer-b is ready"),
            ("customer-b", "route customer-b.localhost"),
            end="3 running",
            plan=one_plan("heal", "its container is not running"),
        ),
    },
}  # fmt: skip
FLEET = """\
domain: localhost
tls: off
defaults: {tier: small, image: "data-agent:latest"}
tiers:
  small:  {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}
  medium: {users: 10, csv_files: 25, memory: 768m, cpus: 1, disk: 5g}
tenants:
  customer-a: {name: Customer A}
  customer-b: {name: Customer B, tier: %s}
"""
