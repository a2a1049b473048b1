"""Read models: each folder folds the log into tables of its own and shows them in stable views.

A fold is pure, so the same log gives the same rows. Every row class names in `AUDIT` the columns
that tell when, from where and in which order it was said; all others are business columns and do
not depend on the order in which files arrived. Columns of a table and fields of its row class
stand in one order; readers use the views (`contracts/views.py`), never the tables.
"""
