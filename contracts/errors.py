"""What can be wrong with a message or a subject, each with its own name."""


class ContractError(ValueError):
    """Something said does not follow the contracts."""


class BadSubject(ContractError):
    """A subject does not follow the grammar."""


class UnsupportedMessage(ContractError):
    """A message type or version that this code does not know: newer than we are, or foreign."""


class BadMessage(ContractError):
    """A message of a known type whose body cannot be read."""


class BadEnvelope(ContractError):
    """The headers of a message lack something or say it wrongly."""
