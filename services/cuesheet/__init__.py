"""The cue sheet: sessions, their sheets and cues, and what is on air.

Listens to: commands `cmd.cuesheet.>`; reads the views of hands, chip counts, people and tournament
events to bind a graphic's data.
Says: the events of context `cuesheet`, notices on `broadcast.<session>...`, and the command
`submit_render` for the picture of a taken cue.
Owns: entity `session`; sheets and cues live inside it, so that a take is one fact.
"""
