"""Facts about invented people, stories made of them, and who is who by a plain look at all."""

from datetime import timedelta

import msgspec
from hypothesis import strategies as st

from contracts import persons
from contracts.messages.gfx_game import GameExcluded, GameIncluded, SeatCorrected
from contracts.messages.override import (
    LinkRemoved,
    LinkVerified,
    OverrideActivated,
    OverrideExpired,
    OverrideWithdrawn,
    PersonCreated,
)
from contracts.messages.wsop import (
    ChipCountsTold,
    ChipRow,
    Counts,
    ImportFile,
    ImportStarted,
    PlayerRow,
    PlayersTold,
    Progress,
    StandingRow,
    StandingsTold,
)
from contracts.poker.identity import player_hash
from contracts.tournament import ChipCount, PlayerFields
from tests.support.gfx_facts import GAME, recorded_hand, revised_hand, seen
from tests.support.people import NOW, override_set
from tests.support.poker_oracle import make_hand, sit

SHA256 = "5" * 64
OTHER_GAME = "639700000000000002"
NAMES = {"x": ("Vyborna", "Anna Vyborna"), "y": ("Quill", ""), "z": ("VYBORNA", "anna vyborna")}
X, Y = (persons.of_identity(player_hash(*NAMES[each])) for each in "xy")
A, B = "w-WP1", "w-WP2"
M = "m-7"


def started():
    file = ImportFile(path="drop/Players.json", sha256=SHA256, bytes=9, content_at=NOW)
    return ImportStarted(
        import_id="i1", kind="players", layout="players_json", file=file, rows=9,
        exported_at=None, unknown_columns=(), unknown_columns_count=0,
    )  # fmt: skip


def told(player_id, at="/players/0", **fields):
    row = PlayerRow(
        at=at, player_id=player_id, created=True, old=PlayerFields(), new=PlayerFields(**fields)
    )
    progress = Progress(through=1, counts=Counts())
    return PlayersTold(import_id="i1", rows=(row,), progress=progress)


def stack(player_id, name, moment=0, known=False, event_id="E1"):
    row = ChipRow(
        at="4", told=ChipCount(chip_count=9), player_id=player_id, player_name=name,
        player_known=known,
    )  # fmt: skip
    return ChipCountsTold(
        import_id="i1", event_id=event_id, event_known=True,
        recorded_at=NOW + timedelta(minutes=moment), recorded_text="", zone_assumed=False,
        time_assumed=False, future=False, moment_digest="", rows=(row,),
        progress=Progress(through=1, counts=Counts()),
    )  # fmt: skip


def placed(player_id, name, moment=0, known=False, event_id="E1"):
    row = StandingRow(
        at="6", rank=1, chip_count=9, player_id=player_id, player_name=name, player_known=known
    )
    return StandingsTold(
        import_id="i1", event_id=event_id, event_known=True,
        snapshot_at=NOW + timedelta(minutes=moment), snapshot_text="", zone_assumed=False,
        future=False, corrected=False, part=1, parts=1, players_remaining=1,
        remaining_counted=False, level_number=None, day_number=None, snapshot_digest="",
        rows=(row,), progress=Progress(through=1, counts=Counts()),
    )  # fmt: skip


def hand(number, *who, game=GAME):
    seats = [
        msgspec.structs.replace(sit(place + 2, 900), name=NAMES[each][0], long_name=NAMES[each][1])
        for place, each in enumerate(who)
    ]
    fact = recorded_hand(make_hand(seats, start=number), number)
    return msgspec.structs.replace(fact, game_id=game)


def verified(person_id, player_id):
    return LinkVerified(
        person_id=person_id, wsop_player_id=player_id, confidence=None, method=None, reason="seen"
    )


def removed(person_id, player_id):
    return LinkRemoved(person_id=person_id, wsop_player_id=player_id, reason="a brother")


def corrected(person_id, name, correction_id="c1"):
    return SeatCorrected(
        game_id=GAME, correction_id=correction_id, seat=2, from_ticks="1", to_ticks=None,
        person_id=person_id, name=name, long_name="", reason="typed wrong",
    )  # fmt: skip


def excluded(game=GAME):
    return GameExcluded(game_id=game, reason="rehearsal")


def included(game=GAME):
    return GameIncluded(game_id=game, reason="it was none")


IDS = (A, B, X, Y, M)
FIELDS = ("name", "name_display", "name_short", "name_korean", "country_code")
steps = st.one_of(
    st.tuples(st.just("told"), st.sampled_from("12"), st.sampled_from("pq"), st.booleans()),
    st.tuples(
        st.just("stub"), st.sampled_from("12"), st.sampled_from("st"), st.integers(0, 2),
        st.sampled_from([stack, placed]),
    ),
    st.tuples(st.just("hand"), st.integers(0, 2), st.sampled_from(["x", "y", "z", "xy", "yz"])),
    st.tuples(st.just("count"), st.booleans()),
    st.tuples(st.just("link"), st.sampled_from([X, Y]), st.sampled_from("12")),
    st.tuples(st.just("made"), st.sampled_from("ab")),
    st.tuples(
        st.just("over"), st.sampled_from(IDS), st.sampled_from(FIELDS), st.integers(0, 2),
        st.integers(0, 1), st.sampled_from(["scheduled", "effective", "expired"]),
    ),
    st.tuples(st.just("then"), st.integers(0, 5), st.sampled_from(["on", "off", "back"])),
)  # fmt: skip
stories = st.lists(steps, max_size=25)


class Oracle:
    """The same world as plain dicts; every answer is worked out anew from all of it."""

    def __init__(self, story):
        self.events = [started(), seen()]
        self.players, self.stubs, self.hands, self.links = {}, {}, {}, {}
        self.made, self.counts, self.overrides = None, True, []
        for kind, *args in story:
            getattr(self, f"do_{kind}")(*args)

    def do_told(self, player, name, with_country):
        known = self.players.setdefault(f"w-WP{player}", {})
        known["name"] = f"Player {name}"
        known["country_code"] = "KR" if with_country else None
        self.events.append(told(f"WP{player}", **known))

    def do_stub(self, player, name, moment, tell):
        known = self.stubs.get(f"w-WP{player}")
        if known is None or known[0] <= moment:
            self.stubs[f"w-WP{player}"] = (moment, f"Stub {name}")
        self.events.append(tell(f"WP{player}", f"Stub {name}", moment))

    def do_hand(self, number, who):
        fact = hand(number, *who)
        again = number in self.hands
        told_again = msgspec.structs.replace(revised_hand(fact.hand), ordinal=number)
        self.events.append(told_again if again else fact)
        self.hands[number] = who

    def do_count(self, counts):
        self.counts = counts
        self.events.append(included() if counts else excluded())

    def do_link(self, identity, player):
        if identity in self.links:
            self.events.append(removed(identity, self.links.pop(identity)[2:]))
        else:
            self.links[identity] = f"w-WP{player}"
            self.events.append(verified(identity, f"WP{player}"))

    def do_made(self, name):
        if self.made is None:
            self.made = f"Made {name}"
            self.events.append(PersonCreated(person_id=M, name=self.made, reason="no source"))

    def do_over(self, person_id, field, priority, age, phase):
        number = len(self.overrides)
        fact = override_set(
            person_id=person_id, override_id=f"o{number}", field=field, value=f"Said {number}",
            priority=priority, created_at=NOW + timedelta(hours=age), phase=phase,
        )  # fmt: skip
        self.overrides.append([fact, phase])
        self.events.append(fact)

    def do_then(self, number, what):
        if number >= len(self.overrides) or self.overrides[number][1] in ("expired", "withdrawn"):
            return
        fact, phase = self.overrides[number]
        if what == "on" and phase == "effective":
            return
        names = {each: getattr(fact, each) for each in ("person_id", "override_id", "field")}
        made = {
            "on": lambda: OverrideActivated(**names, effective_at=NOW),
            "off": lambda: OverrideExpired(**names, effective_at=NOW),
            "back": lambda: OverrideWithdrawn(**names, reason="enough"),
        }[what]()
        self.overrides[number][1] = "effective" if what == "on" else "expired"
        self.events.append(made)

    def spelled(self, identity):
        """Names in the last hand that lists an identity, and that hand."""
        keys = {"x": X, "z": X, "y": Y}
        for number in sorted(self.hands, reverse=True):
            for each in self.hands[number]:
                if keys[each] == identity and self.counts:
                    return number, NAMES[each]
        return None

    def ids(self, person_id):
        return [person_id] + [i for i, to in self.links.items() if to == person_id]

    def override(self, ids, field):
        held = [f for f, p in self.overrides if p == "effective"]
        held = [f for f in held if f.person_id in ids and f.field == field]
        first = sorted(held, key=lambda f: (f.priority, -f.created_at.timestamp(), f.override_id))
        return first[0].value if first else None

    def person(self, person_id):
        ids = self.ids(person_id)
        told_by = self.players.get(person_id, {})
        seats = [(each, self.spelled(each)) for each in ids]
        listed = [(-seat[0], each, seat[1]) for each, seat in seats if seat]
        stub = self.stubs.get(person_id)
        made = self.made if person_id == M else None
        if not (told_by or listed or stub or made):
            return None
        name, long_name = min(listed)[2] if listed else ("", "")
        full = (
            self.override(ids, "name") or told_by.get("name") or (stub and stub[1])
            or long_name or name or made
        )  # fmt: skip
        return {
            "name": full,
            "name_display": self.override(ids, "name_display") or full.upper(),
            "name_short": self.override(ids, "name_short") or name or full.split()[-1],
            "name_korean": self.override(ids, "name_korean"),
            "country_code": self.override(ids, "country_code") or told_by.get("country_code"),
            "stub": person_id.startswith("w-") and not told_by,
            "ids": tuple(sorted(ids, key=lambda each: (each != person_id, each))),
        }

    def people(self):
        roots = [each for each in IDS if each not in self.links]
        return {each: person for each in roots if (person := self.person(each))}
