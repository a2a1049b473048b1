"""Tournament events as the platform's files tell them, and the level their tables play.

Folds: what wsop-import says of events, and of counts and snapshots that name one; blinds of hands,
and what operators say of events, games and identities. A game or a broadcast session is never an
event.
Owns: tables `event`, `import`, `remaining`, `hand`, `word`, and copies of `excluded_game`,
`binding`, `seat_correction` and `link`; views `events`, `event_fields`, `event_payouts`,
`event_levels`, `event_remaining` and `event_words`.
"""
