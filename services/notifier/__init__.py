"""Tells people: what failed or needs a look becomes a notification.

Listens to: `render_failed`, `file_rejected`, `sync_failed`, `hand_withdrawn`, `import_rejected` and
`import_closed`.
Says: the events of context `notification` and notices on `notifications.<user or role>`.
Owns: entity `notification`.
"""
