"""Invented tables for tests that draw or format a leaderboard."""

from typing import Any

from contracts.compositions import LeaderboardData, LeaderboardEntry

LONG_NAME = "Maximiliano Alessandro Villanueva-Castro"
PLAYERS = (
    ("Ada Lindqvist", "SE", 10_720_000),
    ("박서준 Park Seo-jun", "KR", 8_780_000),
    ("Michał Żurawski", "PL", 3_645_000),
    ("Ioana Ștefănescu", "RO", 3_645_000),
    (LONG_NAME, "AR", 2_085_000),
    ("Zhìyuǎn Lǐ", "CN", 2_075_000),
    ("Nobody Known", None, 2_050_000),
    ("Jörg Großmann", "DE", 2_045_000),
    ("Ola Nordmann", "NO", 128_000),
)


def table(count: int = 9, **changes: Any) -> LeaderboardData:
    """A table of the first `count` players in seat order, with some fields changed."""
    rows = tuple(
        LeaderboardEntry(seat=seat, name=name, country=country, chips=chips)
        for seat, (name, country, chips) in enumerate(PLAYERS[:count], start=1)
    )
    values: dict[str, Any] = {
        "table_name": "Table 1",
        "subtitle": "Event #7 · Final Table",
        "rows": rows,
        "small_blind": 40_000,
        "big_blind": 80_000,
        "ante": 80_000,
        "players": len(rows),
    }
    return LeaderboardData(**(values | changes))


def entry(seat: int, chips: int, **changes: Any) -> LeaderboardEntry:
    """One seat with an invented name."""
    values: dict[str, Any] = {"seat": seat, "name": f"Player {seat}", "chips": chips}
    return LeaderboardEntry(**(values | changes))
