"""How each source is doing: every file, import and run, the newest success and failure.

Folds: `gfx.snapshot_read`, `gfx.file_skipped`, `gfx.file_rejected`, `gfx.file_removed`; how imports
begin and end and which rows they list (`contracts/messages/wsop.py`); what is said of a table or a
kind and how its runs went (`contracts/messages/gfx_sync.py`, `contracts/messages/wsop_sync.py`).
Owns: tables `status`, `run`, `file`, `import` and `finding`, views `views.sync_status`,
`views.sync_runs`, `views.sync_files`, `views.imports` and `views.import_findings`.
"""
