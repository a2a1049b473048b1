"""Games and hands as the feature tables' files tell them, with the figures that follow.

Folds: `gfx.game_seen`, `gfx.hand_recorded`, `gfx.hand_revised`, `gfx.snapshot_read`.
Owns: tables `game` and `hand`, views `views.games` and `views.hands`.
"""
