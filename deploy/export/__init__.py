"""Hands, seats and chips as files for others: PHH, Open Hand History, CSV and Parquet.

`record` says what is exported, `story` tells one hand as positions, posts and moves, `phh`, `ohh`
and `tabular` write it to a stream, `source` reads the views, `history` makes the chip histories of
seats, and `command` joins the parts. Every writer keeps one hand at a time (Parquet: one row
group), and gives the same bytes for the same hands.
"""
