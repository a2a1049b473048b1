"""What the demo writes, and what it tells about folders; nothing is started."""

from pathlib import Path
from typing import Any

from deploy.local.home import Home
from deploy.local.servers import NatsServer, PostgresServer
from deploy.local.show import Servers, processes, simulator, why_kept
from deploy.local.up import screen


def servers(home: Path, **wanted: Any) -> Servers:
    plain: dict[str, Any] = {
        "home": Home(home),
        "nats": NatsServer(url="nats://localhost:1"),
        "postgres": PostgresServer(dsn="postgresql://owner", reader_dsn="postgresql://reader"),
        "http_port": 1,
        "tables": {"pier": home / "yours" / "pier", "main": home / "share" / "main"},
        "wsop": home / "tournament",
    }
    return Servers(**(plain | wanted))


def numbers(found: Servers) -> str | None:
    """The tournament's numbers of our tables, as the override service is told."""
    (override,) = [spec for spec in processes(found) if spec.name == "override"]
    return override.env.get("RAILCAST_TABLE_NUMBERS")


def test_only_the_demos_own_table_is_simulated_whatever_tables_are_named(tmp_path: Path) -> None:
    argv = simulator(servers(tmp_path), 1).argv
    assert argv[argv.index("--out") + 1] == str(tmp_path / "share")
    assert [argv[at + 1] for at, word in enumerate(argv) if word == "--table"] == ["main"]
    assert argv[argv.index("--wsop") + 1] == str(tmp_path / "tournament")


def test_nothing_is_written_into_a_folder_that_is_kept(tmp_path: Path) -> None:
    kept = servers(tmp_path, wsop_kept="it is yours")
    assert "--wsop" not in simulator(kept, 1).argv
    assert numbers(kept) is None
    assert numbers(servers(tmp_path)) == "main=1"


def test_a_folder_somebody_named_or_filled_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "tournament"
    assert why_kept(folder, demo=True, named=False) == ""
    assert why_kept(folder, demo=True, named=True)
    assert why_kept(folder, demo=False, named=False)
    folder.mkdir()
    assert why_kept(folder, demo=True, named=False) == ""
    (folder / "Players.json").write_text("[]")
    assert "Events.json" in why_kept(folder, demo=True, named=False)


def test_the_screen_says_in_one_line_what_becomes_of_the_tournament(tmp_path: Path) -> None:
    def line(**wanted: Any) -> str:
        demo = wanted.pop("demo", True)
        shown = screen(servers(tmp_path, **wanted), demo, 1.0).splitlines()
        (found,) = [each for each in shown if each.startswith("  tournament")]
        return found

    folder = str(tmp_path / "tournament")
    assert "the demo plays one" in line()
    assert "the demo plays none (it is yours)" in line(wsop_kept="it is yours")
    assert "drop the platform's exports" in line(demo=False, wsop_kept="no demo")
    assert all(folder in each for each in (line(), line(wsop_kept="x"), line(demo=False)))
