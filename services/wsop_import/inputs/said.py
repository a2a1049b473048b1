"""What earlier imports said, read again from the log: bodies of rows are not kept in memory."""

from collections.abc import Collection, Mapping

from bus.api import Bus, Entity, recorded
from contracts.messages.wsop import ChipCountsTold
from contracts.tournament import ChipCount
from services.wsop_import.domain import CONTEXT, IMPORT
from services.wsop_import.domain.records import chip_key
from services.wsop_import.domain.state import Moment
from services.wsop_import.domain.telling import HeldStack


async def stacks_told(
    bus: Bus, arrivals: Mapping[str, int], wanted: Mapping[Moment, Collection[str]]
) -> dict[Moment, dict[str, HeldStack]]:
    """What was said last of these keys of these moments, by imports with the arrival of each."""
    found: dict[tuple[Moment, str], tuple[int, ChipCount, int]] = {}
    for each, arrival in arrivals.items():
        for message in await bus.tail(Entity(CONTEXT, IMPORT, each), 0):
            event = recorded(message).event
            if not isinstance(event, ChipCountsTold):
                continue
            moment = (event.event_id, event.recorded_at)
            keys = wanted.get(moment, ())
            for row in event.rows:
                key = chip_key(row.player_id, row.player_name)
                before = found.get((moment, key), (0,))
                if key in keys and before[0] < message.sequence:
                    found[moment, key] = (message.sequence, row.told, arrival)
    held: dict[Moment, dict[str, HeldStack]] = {moment: {} for moment in wanted}
    for (moment, key), (_, told, arrival) in found.items():
        held[moment][key] = HeldStack(told, arrival)
    return held
