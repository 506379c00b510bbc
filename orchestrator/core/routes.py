"""The routes that Traefik reads, as one document: who is reached under which host, and where.

The document is data that gets serialised; no string in it is a template. Hosts come from the
validated fleet, so they hold neither back-ticks nor `{{`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.core.desired import AGENT_PORT, TenantSpec
from orchestrator.core.names import container_name
from orchestrator.core.observed import RouteEntry

GENERATION_HOST = "generation.orchestrator.invalid"  # .invalid: no real name can collide (RFC 2606)
GENERATION_HEADER = "X-Orchestrator-Generation"
ENTRY_POINTS = ["web"]

# Network errors are retried only while nothing was written to the agent, which makes this safe
# for every method: a request that meets a restarting agent waits instead of failing.
HOLD = {"attempts": 400, "initialInterval": "50ms", "timeout": "10s"}
# An edge that is killed takes down what it holds, and Traefik says 502 to that: nobody else here
# does. What only reads is sent again, to the edge that comes after it. Attempts for some 10 s, each
# after 50 to 100 ms; nothing that has a body.
AGAIN = {
    "attempts": 140,
    "initialInterval": "50ms",
    "status": ["502"],
    "maxRequestBodyBytes": 0,
}
# Not a question in the address (`/?q=`): the agent counts it, and it may cost the operator money.
READS = "(Method(`GET`) || Method(`HEAD`)) && !QueryRegexp(`q`, `.`)"
# A stopped container's address may swallow packets: give up dialling early, so that HOLD retries.
# Idle connections end before uvicorn's keep-alive (5 s) does, or requests would race its close.
TRANSPORT = {"forwardingTimeouts": {"dialTimeout": "500ms", "idleConnTimeout": "4s"}}

# Limits count per router, and within one by this header. We set it ourselves, always to the same
# word: by Host, Traefik would count `A.localhost`, `a.localhost` and `a.localhost:1` apart.
ONE_BUCKET = "X-Orchestrator-Limit"
# How many requests the agent may have under way. It refuses what is beyond, and says when to come
# again, which Traefik's own limit cannot.
AT_ONCE = "X-Orchestrator-At-Once"
# Where the gate makes the page for a request that Traefik got no answer to. No agent has this path.
PAGE_PATH = "/.gate"

Document = dict[str, object]


@dataclass(frozen=True)
class Limits:
    """What one tenant may ask of the platform: so that its noise stays its own.

    Beyond `per_s` Traefik answers 429 itself, beyond `in_flight` the agent does. Generous: a page
    of the agent is some five requests, and a browser sends six at a time. A reload of the routes
    starts the counts anew.
    """

    per_s: int = 200  # on average; twice as many may come at once
    in_flight: int = 64
    hold_s: int = 30  # how long the gate holds a request

    @property
    def fence(self) -> int:
        """Requests under way from which on Traefik itself refuses, without a time to wait: as many
        as a burst can bring beside what the agent takes, so only an agent that hangs gets there."""
        return self.in_flight + 2 * self.per_s


def limits_of(spec: TenantSpec, platform: Limits) -> Limits:
    """Those that hold for this tenant."""
    return Limits(
        per_s=spec.requests_per_second or platform.per_s,
        in_flight=spec.requests_at_once or platform.in_flight,
        hold_s=spec.hold_for or platform.hold_s,
    )


def entry(spec: TenantSpec) -> RouteEntry:
    """The route that this tenant is to have."""
    return RouteEntry(spec.address, spec.hosts, spec.requests_per_second, spec.requests_at_once)


def claimed(
    table: Mapping[str, RouteEntry], tenant: str, route: RouteEntry | None
) -> dict[str, RouteEntry]:
    """The table with this tenant's route put in (or taken out for None).

    A host has one owner at any time: whoever held one of the route's hosts before loses it.
    """
    hosts = set(route.hosts) if route else set()
    others = {
        other: replace(held, hosts=tuple(host for host in held.hosts if host not in hosts))
        for other, held in table.items()
        if other != tenant
    }
    kept = {other: held for other, held in others.items() if held.hosts}
    return {**kept, tenant: route} if route else kept


def document(
    routes: Mapping[str, RouteEntry],
    *,
    generation: str,
    gate_port: int,
    limits: Limits = Limits(),
) -> Document:
    """The whole dynamic configuration. `routes` maps tenant id to its route."""
    routers: Document = {"generation": _generation_router(), **_gate_routers("gate", 10)}
    services: Document = {"gate": _gate(gate_port)}
    middlewares = {**_middlewares(generation, limits), **_limits(RouteEntry("", ()), limits)}
    for tenant, route in sorted(routes.items()):
        name = container_name(tenant)
        routers[name] = _tenant_router(name, route)
        middlewares |= _limits(route, limits)
        services[name] = _service(f"http://{route.address}:{AGENT_PORT}", transport="agents")
    return {
        "http": {
            "routers": routers,
            "services": services,
            "middlewares": middlewares,
            "serversTransports": {"agents": TRANSPORT},
        }
    }


def fallback(
    routes: Mapping[str, RouteEntry], *, gate_port: int, limits: Limits = Limits()
) -> Document:
    """For a file of its own: everybody to the gate, should all of `document` be gone.

    The gate passes on by itself to who runs. Nobody's own limits are known here: those of the most
    generous customer hold for each host, as the visitor spells it.
    """
    per_s = max([limits.per_s, *(route.per_s or 0 for route in routes.values())])
    in_flight = max([limits.in_flight, *(route.in_flight or 0 for route in routes.values())])
    most = _rate(per_s, {"requestHost": True})
    first = {"fallback-told": _told(in_flight), "fallback-rate": most}
    return {
        "http": {
            "routers": _gate_routers("fallback", 1, *first),
            "services": {"fallback": _gate(gate_port)},
            "middlewares": {**first, **_patience("fallback", limits)},
        }
    }


def _generation_router() -> Document:
    return {
        "rule": f"Host(`{GENERATION_HOST}`)",
        "entryPoints": ENTRY_POINTS,
        "service": "ping@internal",
        "middlewares": ["generation"],
        "priority": 1_000_000,
    }


def _gate_routers(name: str, priority: int, *first: str) -> Document:
    """Every host and path, after all others. An edge that restarts is waited for."""
    every = {"entryPoints": ENTRY_POINTS, "service": name}
    return {
        name: {
            **every,
            "rule": "PathPrefix(`/`)",
            "middlewares": [*first, f"{name}-hold"],
            "priority": priority,
        },
        f"{name}-reads": {
            **every,
            "rule": READS,
            "middlewares": [*first, f"{name}-again"],
            "priority": priority + 1,
        },
    }


def _tenant_router(name: str, route: RouteEntry) -> Document:
    return {
        "rule": " || ".join(f"Host(`{host}`)" for host in route.hosts),
        "entryPoints": ENTRY_POINTS,
        "service": name,
        "middlewares": [*_names(route), "honest-page", "hold"],
        "priority": 1000,
    }


def _gate(port: int) -> Document:
    return _service(f"http://127.0.0.1:{port}")


def _service(url: str, transport: str | None = None) -> Document:
    balancer: Document = {"servers": [{"url": url}], "passHostHeader": True}
    if transport:
        balancer["serversTransport"] = transport
    return {"loadBalancer": balancer}


def _patience(gate: str, limits: Limits) -> Document:
    """Of those who go to the gate. All in all as long as one is held there, and a restart."""
    timeout = {"timeout": f"{limits.hold_s + 10}s"}
    return {f"{gate}-hold": {"retry": HOLD}, f"{gate}-again": {"retry": AGAIN | timeout}}


def _middlewares(generation: str, limits: Limits) -> Document:
    return {
        "generation": {"headers": {"customResponseHeaders": {GENERATION_HEADER: generation}}},
        "hold": {"retry": HOLD},
        **_patience("gate", limits),
        # 502 and 504 are Traefik's own words for "no answer": visitors get our page instead.
        "honest-page": {
            "errors": {
                "status": ["502", "504"],
                "statusRewrites": {"502": 503, "504": 503},
                "service": "gate",
                "query": PAGE_PATH + "?url={url}",  # so that a program is answered as one
            }
        },
    }


def _names(route: RouteEntry) -> tuple[str, str, str]:
    """Of its limits, in order. Those of the platform have no numbers in their names; equal ones
    are shared, since each router counts for itself."""
    own = "" if route.in_flight is None else f"-{route.in_flight}"
    rate = "" if route.per_s is None else f"-{route.per_s}"
    return f"told{own}", f"rate{rate}", f"in-flight{own}{rate and '-of' + rate}"


def _limits(route: RouteEntry, platform: Limits) -> Document:
    held = Limits(route.per_s or platform.per_s, route.in_flight or platform.in_flight)
    told, rate, in_flight = _names(route)
    by = {"requestHeaderName": ONE_BUCKET}
    return {
        told: _told(held.in_flight),
        rate: _rate(held.per_s, by),
        in_flight: {"inFlightReq": {"amount": held.fence, "sourceCriterion": by}},
    }


def _told(in_flight: int) -> Document:
    headers = {ONE_BUCKET: "tenant", AT_ONCE: str(in_flight)}
    return {"headers": {"customRequestHeaders": headers}}


def _rate(per_s: int, by: Mapping[str, object]) -> Document:
    return {"rateLimit": {"average": per_s, "burst": 2 * per_s, "sourceCriterion": by}}


def parse(text: object) -> tuple[str, dict[str, RouteEntry]] | None:
    """Generation and routes of a document that `document` made; None when it is not one."""
    try:
        http = text["http"]  # type: ignore[index]
        headers = http["middlewares"]["generation"]["headers"]["customResponseHeaders"]
        return headers[GENERATION_HEADER], {
            name.removeprefix("tenant-"): _parsed(http, name)
            for name in http["routers"]
            if name.startswith("tenant-")
        }
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _parsed(http: Mapping[str, Mapping[str, Mapping[str, object]]], name: str) -> RouteEntry:
    rule = str(http["routers"][name]["rule"])
    url = http["services"][name]["loadBalancer"]["servers"][0]["url"]  # type: ignore[index]
    told, rate, *_ = _texts(http["routers"][name]["middlewares"])
    return RouteEntry(
        address=url.removeprefix("http://").rpartition(":")[0],
        hosts=tuple(part.removeprefix("Host(`").removesuffix("`)") for part in rule.split(" || ")),
        per_s=_own(rate),
        in_flight=_own(told),
    )


def _texts(found: object) -> list[str]:
    if not isinstance(found, list):
        raise TypeError("no list")
    return [str(one) for one in found]


def _own(middleware: str) -> int | None:
    number = middleware.rpartition("-")[2]
    return int(number) if number.isdecimal() else None
