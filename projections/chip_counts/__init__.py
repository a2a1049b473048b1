"""What every seat's stack is known to be, and since when: periods of knowledge.

Folds: `gfx.game_seen`, `gfx.hand_recorded`, `gfx.hand_revised`.
Owns: tables `game` and `period`, views `views.chips` and `views.chip_periods`.
"""
