"""The gate: the small streaming proxy for hosts that Traefik sends nowhere else.

It passes requests on to tenants that run, holds those of tenants that start, sleep or are being
swapped, and explains the rest. One request per connection on both sides, bodies as bytes, nothing
buffered but the 32 KiB that a connection holds while it waits.

    server  connections, how many, and how they end   visit   one request, from head to end
    head    the request's head, read strictly         watch   asking, waking, probing, once per host
    line    one connection with a bounded buffer      exchange  to the agent and back, as bytes
"""
