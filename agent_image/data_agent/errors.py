"""Every error that the data agent raises on purpose.

DataAgentError
├── BadUpload          the file cannot become a table: what is wrong and how to mend it      400
├── Refused            the statement is not allowed, and why                                  400
├── QueryFailed        allowed, but DuckDB could not run it                                   400
├── NotFound           no such table, file, user                                              404
├── LimitReached       a limit of the tier is used up: which, used, allowed                   409
├── TooLarge           an upload or a result is above its limit                               413
├── OverDeadline       stopped after its deadline                                             504
├── WorkerDied         the worker process ended (memory, crash); nothing was changed          503
└── StorageFull        above 85 % of the quota or of the disk; nothing was written            507

`str(error)` is one or two sentences for a person: what, where, how to mend.
"""

from __future__ import annotations


class DataAgentError(Exception):
    """Base of the tree; `status` is the HTTP status that the web process answers with."""

    status = 500
    title = "Internal error"


class BadUpload(DataAgentError):
    status = 400
    title = "This file cannot be imported"


class Refused(DataAgentError):
    status = 400
    title = "This statement is not allowed"


class QueryFailed(DataAgentError):
    status = 400
    title = "The query failed"


class NotFound(DataAgentError):
    status = 404
    title = "Not found"


class LimitReached(DataAgentError):
    status = 409
    title = "The limit of your tier is reached"


class TooLarge(DataAgentError):
    status = 413
    title = "Too large"


class OverDeadline(DataAgentError):
    status = 504
    title = "Stopped: it took too long"


class WorkerDied(DataAgentError):
    status = 503
    title = "The query engine was restarted"


class StorageFull(DataAgentError):
    status = 507
    title = "Storage is full"
