"""What can go wrong on the bus, sorted by what the caller should do.

Rejected: the input is wrong, never retry. Retryable: the world is away, back off and try again.
Fatal: this process must not go on. Anything else is a bug.
"""


class BusError(Exception):
    """Something went wrong on the bus."""


class Rejected(BusError):
    """The input is wrong; trying again cannot help."""


class Retryable(BusError):
    """The world is away for now; try again later."""


class Fatal(BusError):
    """This process must stop: going on would lie or lose something."""


class Conflict(Retryable):
    """Another writer appended to the entity first; read its tail and decide again."""


class Uncertain(Retryable):
    """No answer to a publish: it may or may not be stored. Read the tail to find out."""


class LogFull(Retryable):
    """The stream or the disk quota is full; nothing was stored."""


class Unavailable(Retryable):
    """The server or a service did not answer in time."""


class TooManyBatches(Retryable):
    """The server has its limit of open atomic batches; wait and send again."""


class PermissionDenied(Fatal):
    """The server refused a subject to this user; the configuration is wrong."""


class LogMismatch(Fatal):
    """The log is not the one this state was built from: wiped, replaced or restored."""


class Drift(Fatal):
    """The server's streams or settings differ from the catalogue."""


class Fenced(Retryable):
    """Another instance moved the checkpoint; this one must drop its memory and start again."""
