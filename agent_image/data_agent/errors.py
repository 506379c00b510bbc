"""Every error that the data agent raises on purpose.

DataAgentError
├── BadUpload          the file cannot become a table: what is wrong and how to mend it      400
├── BadRequest         what was sent cannot be read at all: malformed JSON, a broken form    400
├── Invalid            what was sent is not what is asked for: which field, and why           422
├── NotSignedIn        no session and no token, or one that ended                             401
├── NotAllowed         signed in, but not for this                                            403
│   └── PasswordMustChange   the first password must be changed before anything else          403
├── Refused            the statement is not allowed, and why                                  400
├── QueryFailed        allowed, but DuckDB could not run it                                   400
├── NotFound           no such table, file, user                                              404
├── LimitReached       a limit of the tier is used up: which, used, allowed                   409
├── Conflict           it contradicts what is there: a name that is taken, the last admin     409
│   └── DoesNotFit     a chosen type does not fit every value: how many, in which lines        409
├── TooLarge           an upload or a result is above its limit                               413
├── TooManyAttempts    wait before the next one; says how long                                429
│   └── QuestionsUsedUp       all questions of the day are asked                           429
├── FilesDamaged       the agent's own files cannot be read; says where they are              503
├── Stopped            nobody waits for the answer any more; its query was ended              499
├── Busy               too many questions wait, or an import is running; try again            503
├── CutOff             the agent ended before it was done                                     503
├── ModelFailed        the language model gave no usable query: why, and when to try again   503
├── OverDeadline       stopped after its deadline (a 504 would look like the proxy's)    503
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


class BadRequest(DataAgentError):
    status = 400
    title = "The request cannot be read"


class Invalid(DataAgentError):
    status = 422
    title = "Please check what you entered"


class NotSignedIn(DataAgentError):
    status = 401
    title = "Please sign in"


class NotAllowed(DataAgentError):
    status = 403
    title = "You may not do this"


class PasswordMustChange(NotAllowed):
    title = "Choose your own password first"


class LimitReached(DataAgentError):
    """`used` and `allowed` count what the limit is about, where it counts things."""

    status = 409
    title = "The limit of your tier is reached"

    def __init__(
        self, message: str, *, used: int | None = None, allowed: int | None = None
    ) -> None:
        super().__init__(message)
        self.used = used
        self.allowed = allowed


class Conflict(DataAgentError):
    status = 409
    title = "This cannot be done as things are"


class DoesNotFit(Conflict):
    title = "Some values do not fit"


class TooManyAttempts(DataAgentError):
    """`retry_after_s` is how long to wait, in whole seconds."""

    status = 429
    title = "Too many attempts"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooManyAtOnce(TooManyAttempts):
    title = "Too many requests at once"


class QuestionsUsedUp(TooManyAttempts):
    title = "All questions of today are used"


class FilesDamaged(DataAgentError):
    status = 503
    title = "The agent's files are damaged"


class TooLarge(DataAgentError):
    status = 413
    title = "Too large"


class CutOff(DataAgentError):
    status = 503
    title = "Cut off"


class Busy(DataAgentError):
    status = 503
    title = "Busy"


class ModelFailed(DataAgentError):
    """`retry_after_s`: when the endpoint said so, or None where asking again does not help now.
    `kind`: the gateway's word for what went wrong, where it was the gateway that said so."""

    status = 503
    title = "The language model did not help"

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: float | None = None,
        again: bool = False,
        kind: str = "",
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.again = again  # worth another try within the same deadline


class Stopped(DataAgentError):
    status = 499  # nginx's number for a client that went away; nobody sees it but the log
    title = "Stopped"


class OverDeadline(DataAgentError):
    status = 503
    title = "Stopped: it took too long"


class WorkerDied(DataAgentError):
    status = 503
    title = "The query engine was restarted"


class StorageFull(DataAgentError):
    status = 507
    title = "Storage is full"
