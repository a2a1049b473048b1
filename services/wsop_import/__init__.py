"""wsop-import: turns the tournament platform's export files into facts.

Listens to: the import folder, the addresses the platform's data are pulled from, and
`cmd.wsop-import.>`.
Says: `wsop.import_started`, `wsop.events_told`, `wsop.players_told`, `wsop.chip_counts_told`,
`wsop.standings_told`, `wsop.rows_rejected`, `wsop.rows_noted` and `wsop.import_closed` about an
import, `wsop.import_skipped` or `wsop.import_rejected` about one that says nothing; the runs
(`wsop.sync_...`) of a kind of data, and their notices on `sync-status.wsop.>`.
Owns: the context `wsop`, and with it the answer to what a file changes.
"""
