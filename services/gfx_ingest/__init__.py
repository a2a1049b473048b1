"""gfx-ingest: turns the PokerGFX export files of the feature tables into facts.

Listens to: the watch folder of every table (its own poller; file events only wake it earlier), the
commands `cmd.gfx-ingest.>`, and its own facts of games, for what follows from them.
Says: about a game what its files tell (`gfx.game_seen`, `gfx.hand_recorded`, `gfx.hand_revised`,
`gfx.hand_provisional`, `gfx.hand_finalised`, `gfx.hand_withdrawn`, `gfx.hand_restored`,
`gfx.snapshot_read`, `gfx.file_skipped`, `gfx.file_removed`), what people say of it
(`contracts/messages/gfx_game.py`) and what follows from its hands
(`contracts/messages/gfx_findings.py`); about a table `gfx.file_rejected` and its runs.
Owns: the context `gfx`, and with it the answers to which version of a hand holds, whether the last
one is over, and what people said about a game.
"""
