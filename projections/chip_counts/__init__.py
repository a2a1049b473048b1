"""Whose stack is how large, and since when: what the tables tell, and what the platform tells.

Folds: `gfx.game_seen`, `gfx.hand_recorded`, `gfx.hand_revised`, and what operators say of a game:
that it does not count, which event it is of, who sat where; `wsop.chip_counts_told`;
`wsop.hold_set`; verified links.
Owns: tables `game`, `period`, `statement`, `replaced_statement`, `latest_statement` and
`event_hold`, and copies of `excluded_game`, `binding`, `seat_correction` and `link`; views `chips`,
`chip_periods`, `player_chip_holders`, `player_chips` and `player_chip_history`.
"""
