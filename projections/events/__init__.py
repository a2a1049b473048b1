"""Tournament events as the platform's files tell them, and the level their tables play.

Folds: what wsop-import says of events, and of counts and snapshots that name one; blinds of hands,
and what operators say of games. A game or a broadcast session is never an event.
Owns: tables `event`, `import`, `remaining`, `hand`, and copies of `excluded_game`, `binding` and
`seat_correction`; views `events`, `event_fields`, `event_payouts`, `event_levels` and
`event_remaining`.
"""
