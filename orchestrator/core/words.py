"""Steps in words, for plans, progress lines and status."""

from __future__ import annotations

from orchestrator.core import plan as steps
from orchestrator.core.names import container_name, network_name

ID_SHOWN = 12  # of an engine id, as docker prints it
DIGEST_SHOWN = 19  # `sha256:` and as many


def describe(step: steps.Step) -> str:  # noqa: C901 - a table, one row per step
    """One step as a short phrase in the imperative."""
    match step:
        case steps.PrepareData(spec):
            return f"prepare data directory {spec.data_dir}"
        case steps.MoveData(old, spec):
            return f"move the data of {old} to {spec.id}"
        case steps.CreateNetwork(spec):
            return f"create network {network_name(spec.id)} ({spec.subnet})"
        case steps.RemoveNetwork(network_id):
            return f"remove network {network_id[:ID_SHOWN]}"
        case steps.CreateContainer(spec):
            return f"create container {container_name(spec.id)}"
        case steps.StartContainer(name):
            return f"start container {name}"
        case steps.StopContainer(container_id):
            return f"stop container {container_id[:ID_SHOWN]}"
        case steps.RemoveContainer(container_id):
            return f"remove container {container_id[:ID_SHOWN]}"
        case steps.AwaitReady(spec):
            return f"wait until {spec.id} is ready"
        case steps.Settle(spec):
            return f"take back the processor time lent to {spec.id}"
        case steps.Route(spec):
            return f"route {', '.join(spec.hosts)}"
        case steps.Narrow(spec):
            return f"take back the hosts that are not {spec.id}'s any more"
        case steps.Unroute(tenant):
            return f"take {tenant} off the routes"
        case steps.Divert(tenant):
            return f"hold the requests of {tenant} at the gate"
        case steps.AwaitCalm(spec):
            return f"wait for a calm moment of {spec.id}"
        case steps.Drain(spec):
            return f"wait until {spec.id} has no request under way"
        case steps.Preflight(spec):
            return f"try image {(spec.image_id or spec.image)[:DIGEST_SHOWN]}"
        case steps.BeginSwap(swap):
            return f"begin the swap of {swap.tenant}"
        case steps.TakeSnapshot(spec):
            return f"copy the data of {spec.id} aside"
        case steps.RestoreData(spec):
            return f"give {spec.id} its data from before back"
        case steps.Release(tenant):
            return f"release {tenant}"
        case steps.MarkAsleep(tenant):
            return f"put {tenant} to sleep"
        case steps.Forget(tenant):
            return f"strike {tenant} off the record"


def past(action: steps.Action) -> str:
    """An action that has been carried out, for events and progress."""
    return {
        "start": "started",
        "restart": "restarted",
        "swap": "swapped",
        "fall back": "went back to what ran before",
        "sleep": "fell asleep",
        "wake": "woke up",
        "stop": "stopped",
        "retire": "retired",
        "rename": "renamed",
        "heal": "healed",
        "route": "routed",
        "wait": "unrouted while it waits",
        "blocked": "blocked",
    }[action]
