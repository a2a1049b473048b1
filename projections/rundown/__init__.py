"""Sessions with their cue sheets and cues, what is on air, and the as-run log.

Folds: `cuesheet.session_created`, `cuesheet.sheet_added`, `cuesheet.item_added`,
`cuesheet.cue_taken`.
Owns: tables `session`, `sheet`, `item` and `trigger`, views `views.sessions`, `views.sheets`,
`views.items` and `views.triggers`.
"""
