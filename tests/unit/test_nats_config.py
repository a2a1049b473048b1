"""The permission table and the configuration text made from it."""

import json
from pathlib import Path

import pytest

from contracts import streams
from deploy.nats.config import ServerSettings, password_variables, render_config
from deploy.nats.permissions import SERVICES, USERS, User, durables_of, user_name

SETTINGS = ServerSettings(store=Path("/var/lib/nats"), file_store_bytes=2 * 1024**3)
PASSWORDS = {user.name: f"secret of {user.name}" for user in USERS}


def by_name(name: str) -> User:
    return next(user for user in USERS if user.name == name)


def covers(pattern: str, subject: str) -> bool:
    """NATS's own rule for an allow list: `*` is one token, a final `>` one or more."""
    left, right = pattern.split("."), subject.split(".")
    for position, token in enumerate(left):
        if token == ">":
            return len(right) > position
        if position >= len(right) or token not in ("*", right[position]):
            return False
    return len(left) == len(right)


def may_publish(user: User, subject: str) -> bool:
    return any(covers(pattern, subject) for pattern in user.publish)


def test_the_configuration_is_data_that_says_sync_always_and_loopback():
    config = json.loads(render_config(SETTINGS, PASSWORDS))
    assert config["jetstream"]["sync_interval"] == "always"
    assert config["listen"] == "127.0.0.1:4222"
    assert config["http"] == "127.0.0.1:8222"


def test_a_user_without_a_password_is_an_error():
    passwords = {name: word for name, word in PASSWORDS.items() if name != "viewer"}
    with pytest.raises(KeyError, match="viewer"):
        render_config(SETTINGS, passwords)


def test_passwords_from_the_environment_stand_without_quotes():
    text = render_config(SETTINGS, password_variables())
    assert '"password": $RAILCAST_NATS_PASSWORD_GFX_INGEST,' in text


def test_a_quote_in_a_password_cannot_end_its_string():
    word = 'a"b\\c'
    config = json.loads(render_config(SETTINGS, PASSWORDS | {"ops": word}))
    users = {user["user"]: user for user in config["accounts"]["CORE"]["users"]}
    assert users["ops"]["password"] == word


def test_every_context_of_the_log_has_at_most_one_speaker():
    for context in ("gfx", "cuesheet", "render", "notification"):
        subject = f"evt.{context}.thing.id.happened"
        assert len([user.name for user in USERS if may_publish(user, subject)]) == 1


def test_every_durable_consumer_belongs_to_exactly_one_service():
    owned = [durable.name for service in SERVICES for durable in durables_of(service.name)]
    assert sorted(owned) == sorted(durable.name for durable in streams.DURABLES)


@pytest.mark.parametrize("name", streams.PROJECTIONS)
def test_a_projection_says_nothing_but_dead_letters_and_requests_of_a_reader(name: str):
    user = by_name(user_name(name))
    assert {subject.split(".")[0] for subject in user.publish} == {"$JS", "dlq"}
    assert not user.subscribe


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
@pytest.mark.parametrize("verb", ["STREAM.DELETE", "STREAM.PURGE", "STREAM.MSG.DELETE"])
def test_nobody_may_remove_from_the_log(user: User, verb: str):
    assert not may_publish(user, f"$JS.API.{verb}.EVENTS")


def test_every_user_has_a_name_of_its_own():
    names = [user.name for user in USERS]
    assert len(names) == len(set(names))
