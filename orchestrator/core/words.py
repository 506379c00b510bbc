"""Steps in words, for plans, progress lines and status."""

from __future__ import annotations

from orchestrator.core import plan as steps
from orchestrator.core.names import container_name, network_name

ID_SHOWN = 12  # of an engine id, as docker prints it


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
        case steps.Route(spec):
            return f"route {', '.join(spec.hosts)}"
        case steps.Narrow(spec):
            return f"take back the hosts that are not {spec.id}'s any more"
        case steps.Unroute(tenant):
            return f"take {tenant} off the routes"


def past(action: steps.Action) -> str:
    """An action that has been carried out, for events and progress."""
    return {
        "start": "started",
        "restart": "restarted",
        "stop": "stopped",
        "retire": "retired",
        "rename": "renamed",
        "heal": "healed",
        "route": "routed",
        "wait": "unrouted while it waits",
        "blocked": "blocked",
    }[action]
