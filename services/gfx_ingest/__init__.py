"""gfx-ingest: turns the PokerGFX export files of the feature tables into facts.

Listens to: the watch folder of every table (its own poller; file events only wake it earlier).
Says: `gfx.game_seen`, `gfx.hand_recorded`, `gfx.hand_revised`, `gfx.snapshot_read`,
`gfx.file_skipped` about a game; `gfx.file_rejected` about a table.
Owns: the context `gfx`, and with it the answer to which version of a hand holds.
"""
