"""A simulated PokerGFX PC: a seeded poker table that writes exports as the real one does.

`table.play` is the pure core: it deals legal no-limit hold'em for a seed and yields hands, each
with the simulator's own account beside the record it exports. `export` turns hands into the bytes
of a file. `pc.run` writes and rewrites such files in a folder at any pace, for one or more tables.
`command.simulate` is the command. What is known to go wrong at a real table (repeated hand
numbers, unsettled hands, typed stacks, misspelt names, dead blinds) happens here at given rates.

`tournament.Tournament` is the pure core of what goes on round one table; `platform.Platform`
exports it as the tournament platform would, with the bytes that `platform_files` makes.
"""
