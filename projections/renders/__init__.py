"""Render jobs: what was asked for, how far it is by the facts, and its files or its failure.

Folds: `render.render_requested`, `render.render_started`, `render.render_completed`,
`render.render_failed`.
Owns: table `render`, view `views.renders`.
"""
