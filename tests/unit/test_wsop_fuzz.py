"""Whatever a file holds: it is refused with a reason, or every row is told, counted or listed."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import codec
from contracts.messages.wsop import ImportClosed, RowsRejected
from services.wsop_import.inputs.building import Setting
from services.wsop_import.inputs.errors import BadFile
from services.wsop_import.inputs.layouts import EVENTS, PLAYERS
from services.wsop_import.inputs.older import FORMS
from services.wsop_import.inputs.parse import parse
from tests.support.wsop_files import (
    CONTENT_AT,
    chip_row,
    content,
    event,
    events_json,
    importing,
    player,
    players_json,
    standing_row,
    table,
)

GOOD = [
    events_json(event(), event("E2", payouts=[{"place": 1, "amount": 5}])),
    players_json(player(1), player(2, city="Cork")),
    table([chip_row(1), chip_row(2, "1,000")]),
    table([standing_row(1), standing_row(2)]),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
CELLS = st.text(max_size=12) | st.sampled_from(
    [
        "",
        "1",
        "-1",
        "5,300",
        "$5.50",
        "2031-10-19T17:20:00Z",
        "2031-10-19T17:20:00",
        "WP1",
        '"',
        "\n",
    ]
)


async def told(data: bytes) -> None:
    """Import one content and check that nothing of it is lost."""
    async with importing(guide_event="E9") as imports:
        became = await imports.take("f", data)
        assert became in ("recorded", "rejected")
        assert all(len(m.data) <= codec.MESSAGE_BYTES_MAX for m in imports.log.events)
        for closed in imports.said(ImportClosed):
            counts = closed.counts
            parts = (counts.created, counts.changed, counts.corrected, counts.unchanged)
            rest = (counts.duplicates, counts.superseded, counts.rejected)
            assert sum((*parts, *rest)) == closed.rows
            listed = [f for fact in imports.said(RowsRejected) for f in fact.findings]
            assert bool(counts.rejected or counts.fields_rejected) == bool(listed)
            assert all(0 < len(f.sentence) <= 300 for f in listed)


@settings(max_examples=200)
@given(st.sampled_from(GOOD), st.data())
def test_a_damaged_file_is_refused_or_read_but_never_lost(good: bytes, data: Any) -> None:
    place = data.draw(st.integers(0, len(good)))
    length = data.draw(st.integers(0, 6))
    damaged = good[:place] + data.draw(st.binary(max_size=6)) + good[place + length :]
    asyncio.run(told(damaged))


@settings(max_examples=150)
@given(st.data())
def test_any_json_values_are_told_or_listed(data: Any) -> None:
    form = data.draw(st.sampled_from([EVENTS, PLAYERS]))
    keys = st.sampled_from(sorted(form.columns))
    rows = data.draw(st.lists(st.dictionaries(keys, VALUES) | VALUES, max_size=4))
    good = event() if form is EVENTS else player(1)
    mixed = [{**good, **row} if isinstance(row, dict) else row for row in rows]
    name = "events" if form is EVENTS else "players"
    asyncio.run(told(json.dumps({name: mixed}).encode(errors="surrogatepass")))


@settings(max_examples=150)
@given(st.data())
def test_any_cells_are_told_or_listed(data: Any) -> None:
    form = data.draw(st.sampled_from(FORMS))
    columns = sorted(form.columns)
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, CELLS)), max_size=4))
    asyncio.run(told(table(rows, columns).decode(errors="replace").encode()))


@settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_reason(data: bytes) -> None:
    taken = content("f", data)
    setting = Setting(zone=lambda _: None, guide_event="", content_at=CONTENT_AT)
    with pytest.raises(BadFile) as caught:
        parse(taken, setting)
    taken.close()
    assert caught.value.code
    assert str(caught.value)
