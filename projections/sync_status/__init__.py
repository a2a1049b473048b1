"""How each source is doing: every file and every run, the newest success and failure.

Folds: `gfx.snapshot_read`, `gfx.file_skipped`, `gfx.file_rejected`, `gfx.file_removed`; what the
registry says of a table and how its runs went (`contracts/messages/gfx_sync.py`).
Owns: tables `status`, `run` and `file`, views `views.sync_status`, `views.sync_runs` and
`views.sync_files`.
"""
