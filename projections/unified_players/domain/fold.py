"""The fold: every event about a game, a player or a person goes to the module that knows it."""

from collections.abc import Iterable, Sequence

from contracts.messages import Event
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.unified_players.domain import hands, players, saying

BLOCK_KEY = "people"


class UnifiedPlayersFold:
    """Folds three sources into one row per person, with a period for every change."""

    handles: Sequence[type[Event]] = (*hands.HANDLES, *players.HANDLES, *saying.HANDLES)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """What the event names: games, hands, files, ids."""
        event = recorded.event
        if isinstance(event, hands.HANDLES):
            return hands.keys(event)
        if isinstance(event, players.HANDLES):
            return players.keys(event)
        assert isinstance(event, saying.HANDLES)
        return saying.keys(event)

    def further_keys(self, recorded: Recorded, rows: Rows) -> Iterable[tuple[type[Row], Key]]:
        """The people those ids stand for."""
        event = recorded.event
        if isinstance(event, hands.HANDLES):
            return hands.further_keys(event, rows)
        if isinstance(event, saying.HANDLES):
            return saying.further_keys(event, rows)
        return ()

    def block_key(self, recorded: Recorded) -> str:  # noqa: ARG002  # the same for all
        """Any two people may become one: behind an event that failed nothing is certain."""
        return BLOCK_KEY

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError for what was never told."""
        event = recorded.event
        if isinstance(event, hands.HANDLES):
            hands.apply(recorded, rows)
        elif isinstance(event, players.HANDLES):
            players.apply(recorded, rows)
        else:
            saying.apply(recorded, rows)
