"""The envelope travels in headers and comes back the same."""

import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import (
    Envelope,
    encode_value,
    format_time,
    from_headers,
    parse_time,
    to_headers,
)
from contracts.errors import BadEnvelope

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENVELOPE = Envelope(
    id="e-1", type="gfx.game_seen.v1", source="gfx-ingest", time=NOON, correlation_id="c-1"
)
# A lone surrogate is no text that UTF-8 can carry, so no caller can have one.
TEXT = st.text(st.characters(exclude_categories=("Cs",)))
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(TEXT, TEXT, TEXT, MOMENTS)
def test_an_envelope_comes_back_from_its_headers(
    identity: str, actor: str, cause: str, moment: datetime
) -> None:
    said = msgspec.structs.replace(
        ENVELOPE, id=identity, actor=actor, causation_id=cause, time=moment
    )
    assert from_headers(to_headers(said)) == said


@given(TEXT)
def test_a_header_value_is_printable_ascii_without_space_quote_or_bare_percent(text: str) -> None:
    encoded = encode_value(text)
    assert re.fullmatch(r"(?:%[0-9A-F]{2}|[!#$&-~])*", encoded)
    assert unquote(encoded) == text


def test_a_name_is_percent_encoded_as_utf_8() -> None:
    assert encode_value('Søren "S" 100%') == "S%C3%B8ren%20%22S%22%20100%25"


def test_empty_attributes_are_left_out_of_the_headers() -> None:
    assert set(to_headers(ENVELOPE)) == {
        "ce-specversion",
        "ce-id",
        "ce-type",
        "ce-source",
        "ce-time",
        "ce-correlationid",
    }


def test_times_are_said_in_utc_with_microseconds() -> None:
    local = datetime(2026, 5, 1, 15, 0, 0, 1, tzinfo=timezone(timedelta(hours=3)))
    assert format_time(local) == "2026-05-01T12:00:00.000001Z"
    assert parse_time("2026-05-01T15:00:00.000001+03:00") == local


@pytest.mark.parametrize("text", ["2026-05-01T12:00:00", "noon", ""])
def test_a_time_without_a_zone_or_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadEnvelope, match="time"):
        parse_time(text)


@pytest.mark.parametrize("name", ["ce-id", "ce-type", "ce-source", "ce-time"])
def test_a_missing_header_is_named(name: str) -> None:
    headers = to_headers(ENVELOPE)
    del headers[name]
    with pytest.raises(BadEnvelope, match=name):
        from_headers(headers)


@pytest.mark.parametrize("headers", [None, {}])
def test_a_message_without_headers_is_no_message_of_ours(headers: dict[str, str] | None) -> None:
    with pytest.raises(BadEnvelope, match="no headers"):
        from_headers(headers)
