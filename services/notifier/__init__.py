"""Tells people: what failed or needs a look becomes a notification.

Listens to: `render_failed` and `file_rejected`.
Says: the events of context `notification` and notices on `notifications.<user or role>`.
Owns: entity `notification`.
"""
