"""Clients of the controller's socket API: `blocking` for tenantctl, `asynchronous` for the edge,
and `quick` for its gate.

All speak HTTP/1.1 and JSON over a unix socket, answer the values of `answers`, and raise errors
of orchestrator/errors.py and no others. Nothing is imported here: tenantctl must start fast.
"""
