"""The command line before anything runs: what it offers, and how it answers a wrong call."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.app import app
from deploy.cli.events import since_time, subject_filter


def call(*arguments: str) -> Result:
    # Wide enough that no sentence is broken over two lines.
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "300", "RAILCAST_HOME": ""})


def test_help_names_every_command():
    result = call("--help")

    assert result.exit_code == 0
    for command in ("up", "status", "events", "simulate", "provision", "verify"):
        assert f" {command} " in result.output


@pytest.mark.parametrize("command", ["up", "status", "events", "simulate", "provision", "verify"])
def test_every_command_explains_itself(command: str):
    result = call(command, "--help")

    assert result.exit_code == 0
    assert f"{command} [OPTIONS]" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["up", "--gfx", "river"], "'river' is not TABLE=DIR"),
        (["up", "--gfx", "=folder"], "'=folder' is not TABLE=DIR"),
        (["up", "--gfx", "river=a", "--gfx", "river=b"], "table river is named twice"),
        (["up", "--gfx", "river=a,b"], "must not hold a comma"),
        (["up", "--http-port", "70000"], "--http-port"),
        (["events", "--since", "yesterday"], "neither a time nor an age such as 5m"),
        (["events", "--subject", "cmd.>"], "no filter of events such as 'evt.gfx.>'"),
        (["events", "--from-seq", "0"], "--from-seq"),
        (["events", "--from-seq", "99999999999999999999"], "--from-seq"),
        (["events", "--colour"], "--colour"),
        (["take"], "No such command 'take'"),
    ],
)
def test_a_wrong_call_is_answered_with_a_sentence_and_code_two(arguments, sentence):
    result = call(*arguments)

    assert result.exit_code == 2
    assert sentence in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", [["status"], ["status", "--json"], ["events"]])
def test_without_a_running_system_a_sentence_says_so_and_the_code_is_one(
    arguments: list[str], tmp_path: Path
):
    result = call(*arguments, "--home", str(tmp_path))

    assert result.exit_code == 1
    assert result.stderr.startswith(f"railcast: nothing runs on {tmp_path}")
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["status", "events"])
def test_a_broken_run_file_is_named(command: str, tmp_path: Path):
    (tmp_path / "run.json").write_text('{"http": ')

    result = call(command, "--home", str(tmp_path))

    assert result.exit_code == 1
    assert f"{tmp_path / 'run.json'} cannot be read" in result.stderr


def test_status_names_the_gateway_that_does_not_answer(tmp_path: Path):
    places = {"http": "http://127.0.0.1:1", "token": "none"}
    (tmp_path / "run.json").write_text(json.dumps(places))

    result = call("status", "--home", str(tmp_path))

    assert result.exit_code == 1
    assert "the gateway at http://127.0.0.1:1 does not answer" in result.stderr


@pytest.mark.parametrize(
    "text", ["evt.>", "evt.gfx.>", "evt.*.*.*.hand_recorded", "evt.gfx.game.day=201.>", "evt.*.>"]
)
def test_a_filter_of_events_passes(text: str):
    assert subject_filter(text) == text


@pytest.mark.parametrize(
    "text", ["", ">", "cmd.>", "evtx.>", "evt..gfx", "evt.>.gfx", "evt.g*x", "evt.gfx ", "evt."]
)
def test_what_could_never_match_an_event_is_no_filter(text: str):
    with pytest.raises(ValueError, match="--subject"):
        subject_filter(text)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
    ],
)
def test_an_age_counts_back_from_now(text: str, age: timedelta):
    before = datetime.now(UTC)
    moment = since_time(text)

    assert before <= moment + age <= datetime.now(UTC)


def test_a_time_is_taken_with_its_zone():
    assert since_time("2031-03-01T20:00:00+02:00") == datetime(2031, 3, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "5", "m", "5 m", "-5m", "5w", "2031-03-01T20:00:00", "99999999999d", "999999d"]
)
def test_what_is_no_time_is_answered_with_a_sentence(text: str):
    with pytest.raises(ValueError, match="neither a time nor an age"):
        since_time(text)


def test_provision_refuses_a_server_of_which_nobody_knows_how_it_syncs(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.delenv("NATS_MONITOR_URL", raising=False)
    monkeypatch.delenv("RAILCAST_ACCEPT_SYNC", raising=False)
    monkeypatch.setenv("RAILCAST_NATS_URL", "nats://127.0.0.1:1")

    result = call("provision")

    assert result.exit_code == 1
    assert "name its monitor in NATS_MONITOR_URL" in result.output
