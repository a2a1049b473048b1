"""Where everybody stands in a tournament event, and who is out: snapshots, recomputed and imported.

Folds: what wsop-import says of events, players, stacks and places, counted when its import is
closed; hands, and what operators say of games and of
places; verified links.
Owns: tables `event`, `event_figure`, `import`, `player`, `entrant`, `stack_bucket`, `standing`,
`standing_part`, `game`, `seat`, `sitting` and `operator_place`, and copies of `excluded_game`,
`binding`, `seat_correction` and `link`; views `standings`, `standings_history`, `standings_rows`,
`standings_ranks`, `event_players` and `eliminations`.
"""
