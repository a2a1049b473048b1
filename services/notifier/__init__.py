"""Tells people: what failed or needs a look becomes a notification.

Listens to: `render_failed`, `file_rejected`, `sync_failed` and `hand_withdrawn`.
Says: the events of context `notification` and notices on `notifications.<user or role>`.
Owns: entity `notification`.
"""
