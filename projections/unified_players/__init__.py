"""Who everybody is: one row per person, of three sources and of what people say, with its proof.

Folds: what wsop-import tells of players and stacks, what gfx-ingest tells of hands, and what people
say of persons (overrides, links, pictures, erasures) and of games (exclusions, seat corrections).
Owns: tables `person`, `alias`, `game`, `hand`, `import`, `address`, `period`, `override`,
`link` and `image`; views `unified_players`, `player_aliases`, `player_history`, `overrides`,
`links` and `images`.
"""
