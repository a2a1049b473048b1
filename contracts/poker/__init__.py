"""Poker as PokerGFX tells it: the hand record, its replay, its stacks and its cards. Pure."""
