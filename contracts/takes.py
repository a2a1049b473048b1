"""Ids that follow from a take, so that whoever sent it knows them without asking anybody."""

import uuid


def trigger_id(command_id: str) -> str:
    """Id of the trigger that a take command makes, if it makes one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"trigger:{command_id}"))


def render_id(trigger: str) -> str:
    """Id of the picture that a trigger asks for."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"render:{trigger}"))
