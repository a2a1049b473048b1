"""Rendering: bound data in, a picture and a movie out.

Listens to: commands `cmd.render.>`; its own `render_requested` facts are its work.
Says: the events of context `render` and notices on `render-progress.<render>`.
Owns: entity `job`, and the finished files in the object store.
"""
