"""The gateway: HTTP API, realtime and the one page, for people and programs outside the bus.

Listens to: every notice on LIVE, checkpoints of the projections (PostgreSQL NOTIFY).
Says: commands for the other services, and `canary_said` of context `system`.
Owns: entity `canary` of its own process; reads the views, never a table.
"""
