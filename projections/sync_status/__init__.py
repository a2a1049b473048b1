"""How each source is doing: what became of every file, and the newest success and failure.

Folds: `gfx.snapshot_read`, `gfx.file_skipped`, `gfx.file_rejected`.
Owns: tables `status` and `file`, views `views.sync_status` and `views.sync_files`.
"""
