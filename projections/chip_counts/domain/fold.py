"""The fold of stacks: what is known of a seat now is said by the last hand of its game."""

from collections.abc import Iterable, Sequence

import msgspec

from contracts.messages import Event
from contracts.messages.gfx import GameSeen, HandRecorded, HandRevised
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.chip_counts.domain import statements, words
from projections.chip_counts.domain.periods import follow
from projections.chip_counts.domain.rows import GameRow


class ChipCountsFold:
    """Follows the last hand of each game, and every statement of the platform."""

    handles: Sequence[type[Event]] = (
        GameSeen,
        HandRecorded,
        HandRevised,
        *statements.HANDLES,
        *words.HANDLES,
    )

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The game and the words of people; periods and new statements are never read back."""
        match recorded.event:
            case event if isinstance(event, statements.HANDLES):
                yield from statements.keys(event)
            case event if isinstance(event, words.HANDLES):
                yield words.key(event)
            case event:
                yield GameRow, (event.subject_id,)

    def block_key(self, recorded: Recorded) -> str:
        """A game's, a tournament event's or a person's events depend on each other."""
        return statements.block_key(recorded.event) or recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError for a hand of a game never seen."""
        match recorded.event:
            case GameSeen() as event:
                rows.put(GameRow(game_id=event.game_id, table_name=event.table))
            case HandRecorded() as event:
                game = _known_game(rows, event.game_id)
                told = (*game.told, recorded.sequence)
                game = msgspec.structs.replace(game, hands=len(told), told=told)
                rows.put(follow(game, event.hand, recorded, rows))
            case HandRevised() as event:
                rows.put(follow(_known_game(rows, event.game_id), event.hand, recorded, rows))
            case event if isinstance(event, statements.HANDLES):
                statements.follow(recorded, rows)
            case _:
                words.follow(recorded, rows)


def _known_game(rows: Rows, game_id: str) -> GameRow:
    game = rows.get(GameRow, game_id)
    if game is None:
        raise LookupError(f"game {game_id} was never seen")
    return game
