"""How each source is doing: every file, import and run, the newest success and failure.

Folds: `gfx.snapshot_read`, `gfx.file_skipped`, `gfx.file_rejected`, `gfx.file_removed`; how imports
begin, go on and end (`contracts/messages/wsop.py`); what is said of a table or a
kind and how its runs went (`contracts/messages/gfx_sync.py`, `contracts/messages/wsop_sync.py`).
Owns: tables `status`, `run`, `file`, `import`, `finding` and `change`, views `views.sync_status`,
`views.sync_runs`, `views.sync_files`, `views.imports`, `views.import_findings` and
`views.import_changes`.
"""
