"""The table leaderboard: everybody at a table by chips, over the whole picture."""
