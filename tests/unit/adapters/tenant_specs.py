"""Specs for the adapters' tests, without a tenants.yaml in front of them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

from orchestrator.core.desired import Limits, TenantSpec, tenant_subnet

MIB = 1024 * 1024


def tenant_spec(
    tenant_id: str = "customer-a",
    index: int = 0,
    *,
    data_root: Path = Path("/nowhere"),
    image_id: str | None = "sha256:0",
    pool: str = "10.213.0.0/16",
    prefix: str = "bta",
    uid: int | None = None,
    **changes: object,
) -> TenantSpec:
    subnet: IPv4Network = tenant_subnet(pool, index)
    spec = TenantSpec(
        id=tenant_id,
        name=f"The {tenant_id}",
        tier="small",
        state="running",
        image="data-agent:test",
        image_id=image_id,
        hosts=(f"{tenant_id}.localhost",),
        limits=Limits(
            memory_bytes=128 * MIB,
            millicpus=500,
            disk_bytes=1024 * MIB,
            users=3,
            csv_files=None,
            questions_per_day=200,
        ),
        index=index,
        uid=100_000 + index if uid is None else uid,
        subnet=str(subnet),
        gateway=str(subnet[1]),
        address=str(subnet[2]),
        bridge=f"{prefix}{index}",
        data_dir=str(data_root / "tenants" / tenant_id),
        token_file=str(data_root / "platform" / "secrets" / tenant_id / "token"),
    )
    return replace(spec, **changes)  # type: ignore[arg-type]
