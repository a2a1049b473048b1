"""Games and hands as the feature tables' files tell them, with the figures that follow.

Folds: what gfx-ingest says of games and hands, and what people say of them and of identities; not
its findings, which are computed here from the same hands.
Owns: tables `game`, `hand` and `hand_seat`, and copies of `excluded_game`, `binding`,
`seat_correction` and `link`; views `games`, `bindings`, `seat_corrections`, `hands`, `hand_seats`,
`identities`, `identity_names` and `findings`.
"""
