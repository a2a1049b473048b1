"""The demo's director: what people of a production would do about the simulated table, so that a
new user finds a show that runs.

Of every new game it takes a leaderboard and puts further cues beside it. Where a tournament is
played, it also binds the game to its event, verifies the suggested links but one, gives a player
another displayed name, and adds a chip flow. It uses the public HTTP API like everybody else; its
idempotency keys are fixed, and what it finds done it leaves alone, so that a second `up` on the
same home goes on. What fails is said once; the show never ends because of it.
"""

import asyncio
import json
import urllib.error
from collections.abc import Callable, Mapping

from deploy.local.api import Api, Json

# The first hand is there within seconds; whoever waits longer is told.
PATIENCE_S = 120
# Between two looks: short until the show has begun, then long enough to cost nothing.
FIRST_LOOK_S = 0.5
LOOK_S = 3.0
# By then the platform has told of the event that a game is of, should a new one have begun.
BOUND_HANDS = 2
# A chip flow of fewer hands is hardly a line.
FLOW_HANDS = 8
# One page of a list; the API gives no more, and no demo has as many sessions or cues.
ITEMS_MAX = 200
BOARD = "table_leaderboard"
FLOW = "chip_flow"
BOARDS = 2  # one goes on air, one waits for whoever watches


async def run_demo(http: str, token: str, say: Callable[[str], None], *, tournament: bool) -> None:
    """Direct the show until cancelled; says what it did, and once what it could not do.

    `http` is the gateway's address; `tournament`: whether to wait for events of the platform.
    """
    director = Director(Api(http, token), say, tournament=tournament)
    clock = asyncio.get_running_loop().time
    patient_until = clock() + PATIENCE_S
    while True:
        try:
            await director.look()
        except urllib.error.HTTPError as error:
            director.tell(f"demo: refused: {_problem(error)}")
        except OSError as error:
            director.tell(f"demo: no answer: {error}")
        except (KeyError, IndexError, TypeError, ValueError) as error:
            director.tell(f"demo: an answer was not understood: {error!r}")
        if not director.began and clock() > patient_until:
            awaited = "hand or event" if tournament else "hand"
            director.tell(
                f"demo: no {awaited} arrived; look at the logs of simulate and wsop-import"
            )
        await asyncio.sleep(LOOK_S if director.began else FIRST_LOOK_S)


def _problem(error: urllib.error.HTTPError) -> str:
    """The sentence of a refusal."""
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{error} {text}".strip()


def _show(code: str, name: str, game: Json) -> Json:
    """The session of a show, on the day of its first game."""
    date = game["created_utc"].partition("T")[0]
    return {"code": f"DEMO-{code}", "event_name": name, "broadcast_date": date}


class Director:
    """One run of the demo. `began`: a game's cues are made."""

    def __init__(self, api: Api, say: Callable[[str], None], *, tournament: bool) -> None:
        self._api = api
        self._say = say
        self._tournament = tournament
        self._told: set[str] = set()
        self._sheets: dict[str, str] = {}  # by game
        self._flowed: set[str] = set()
        self._left: set[str] = set()  # the identity whose link is left for a person
        self._verified = 0

    @property
    def began(self) -> bool:
        """Whether a first game has its cues."""
        return bool(self._sheets)

    def tell(self, line: str) -> None:
        """Say something that was not said before."""
        if line not in self._told:
            self._told.add(line)
            self._say(line)

    async def look(self) -> None:
        """Do what is to be done about the newest game. Raises what the calls raise."""
        game = next(iter(await self._api.items("/games?order=desc&limit=1")), None)
        seats = await self._api.items(f"/games/{game['game_id']}/chips") if game else []
        if game is None or not seats:
            return
        if not self._tournament:
            name = "Harbour Lights Open - Demo Show"
            await self._open(game, _show(game["game_id"][-6:], name, game))
            return
        event = await self._event_of(game)
        if event is not None:
            show = _show(event["event_id"], event["event_name"], game)
            await self._open(game, show)
            at_table = {seat["person_id"]: seat for seat in seats}
            linked = await self._link(at_table)
            leaders = [at_table[each] | {"linked_id": linked[each]} for each in linked]
            await self._flow(game, max(leaders, key=lambda seat: seat["stack"], default=None))

    async def _event_of(self, game: Json) -> Json | None:
        """The event a game is bound to; binds it to the newest that is played, if there is one."""
        if game["event_id"] is not None:
            found: Json = await self._api.get(f"/events/{game['event_id']}")
            return found if found["known"] else None
        played = [
            event
            for event in await self._api.items("/events?known=true")
            if event["status"] != "completed"
        ]
        if not played or game["hands"] < BOUND_HANDS:
            return None
        newest = max(played, key=lambda event: event["event_number"] or 0)
        await self._api.put(
            f"/games/{game['game_id']}/binding",
            {"event_id": newest["event_id"], "from_ordinal": 0},
            f"demo-binding-{game['game_id']}",
        )
        self.tell(f"demo: game {game['game_id']} is of {newest['event_name']}")
        return newest

    async def _open(self, game: Json, show: Json) -> None:
        """The session of the show, one sheet in it, and two leaderboards of the game."""
        game_id = game["game_id"]
        if game_id in self._sheets:
            return
        sheet_id = await self._sheet(show)
        boards = [
            item
            for item in await self._items(sheet_id)
            if item["composition"] == BOARD and item["parameters"]["game_id"] == game_id
        ]
        board = {
            "composition": BOARD,
            "parameters": {"game_id": game_id, "subtitle": show["event_name"]},
        }
        missing = range(len(boards), BOARDS)
        boards += [await self._add(sheet_id, board, f"{n}-{game_id}") for n in missing]
        first, second = boards[:BOARDS]
        if not first["times_aired"]:
            await self._api.post(f"/items/{first['item_id']}/trigger", {}, f"demo-take-{game_id}")
            self.tell(
                f"demo: took {first['cue_number']}, the table leaderboard; "
                f"{second['cue_number']} waits for your TAKE"
            )
        self._sheets[game_id] = sheet_id

    async def _sheet(self, show: Json) -> str:
        """The sheet of a show; made with its session where it is not there yet."""
        code = show["code"]
        sessions = await self._api.items(f"/sessions?order=desc&limit={ITEMS_MAX}")
        session_id = next((each["session_id"] for each in sessions if each["code"] == code), None)
        if session_id is None:
            made = await self._api.post("/sessions", show, f"demo-session-{code}")
            session_id = made["id"]
        else:
            sheets = await self._api.items(f"/sessions/{session_id}/sheets")
            if sheets:
                return str(sheets[0]["sheet_id"])
        sheet = await self._api.post(
            f"/sessions/{session_id}/sheets", {"name": "Main show"}, f"demo-sheet-{code}"
        )
        await self._items(sheet["id"], sheet["sequence"])  # from here on the read model knows it
        return str(sheet["id"])

    async def _add(self, sheet_id: str, cue: Json, key: str) -> Json:
        """Add a cue, or find it added; as the read model shows it."""
        made = await self._api.post(f"/sheets/{sheet_id}/items", cue, f"demo-item-{key}")
        items = await self._items(sheet_id, made["sequence"])
        return next(item for item in items if item["item_id"] == made["id"])

    async def _items(self, sheet_id: str, sequence: int = 0) -> list[Json]:
        at = f"&min_seq={sequence}" if sequence else ""
        return await self._api.items(f"/sheets/{sheet_id}/items?limit={ITEMS_MAX}{at}")

    async def _link(self, at_table: Mapping[str, Json]) -> dict[str, str]:
        """Verify the suggested links but the least certain one of those at the table.

        Answers the platform's person of every linked identity at the table.
        """
        linked, suggested = dict[str, str](), list[Json]()
        for identity in {*at_table, *self._left}:
            links = await self._api.items(f"/players/{identity}/links")
            verified = [link for link in links if link["status"] == "verified"]
            if verified and identity in at_table:
                linked[identity] = verified[0]["player_person_id"]
            elif not verified:
                # The surest of those that nobody has decided about.
                links.sort(key=lambda link: -(link["confidence"] or 0))
                suggested += [link for link in links if link["status"] == "suggested"][:1]
        suggested.sort(key=lambda link: _left_last(link, at_table), reverse=True)
        if suggested:
            await self._verify(suggested[:-1], suggested[-1])
        return linked

    async def _verify(self, links: list[Json], left: Json) -> None:
        for link in links:
            person, player = link["person_id"], link["wsop_player_id"]
            await self._api.post(
                f"/players/{person}/links/{player}/verify",
                {"reason": "checked at the table"},
                f"demo-link-{person}-{player}",
            )
            self._verified += 1
        if links and self._verified == len(links):
            self.tell(f"demo: verified {self._verified} links of the table's names to players")
        self._left = {left["person_id"]}
        evidence = left["evidence"]
        self.tell(
            f"demo: a link is left for you to verify: {evidence['gfx_name']} at the table "
            f"({left['person_id']}) may be player {left['wsop_player_id']}, "
            f"{evidence['player_name']}"
        )

    async def _flow(self, game: Json, leader: Json | None) -> None:
        """A chip flow of the largest stack among those who are linked, once it is a line."""
        game_id = game["game_id"]
        if game_id in self._flowed or game["hands"] < FLOW_HANDS or leader is None:
            return
        items = await self._items(self._sheets[game_id])
        flows = [item["parameters"] for item in items if item["composition"] == FLOW]
        if all(flow["game_id"] != game_id for flow in flows):
            if not flows:
                await self._rename(leader)
            flow = {
                "composition": FLOW,
                "title": f"Chip flow of {leader['name']}",
                "parameters": {"game_id": game_id, "person_id": leader["linked_id"]},
            }
            item = await self._add(self._sheets[game_id], flow, f"flow-{game_id}")
            self.tell(f"demo: {item['cue_number']}, {flow['title']}, waits for your TAKE")
        self._flowed.add(game_id)

    async def _rename(self, seat: Json) -> None:
        """Give a player a displayed name that wins over every source."""
        person_id = seat["linked_id"]
        if await self._api.items(f"/players/{person_id}/overrides"):
            return
        player = await self._api.get(f"/players/{person_id}")
        display = f"{player['name'][0]}. {seat['name']}".upper()
        await self._api.patch(
            f"/players/{person_id}",
            {"name_display": display, "reason": "asked to be shown with the initial"},
            f"demo-name-{person_id}",
        )
        self.tell(f"demo: {player['name']} is shown as {display}, because an override says so")


def _left_last(link: Json, at_table: Mapping[str, Json]) -> tuple[bool, int, str]:
    """Sorts what is left for a person last: the least certain link of somebody at the table."""
    return link["person_id"] not in at_table, link["confidence"], link["person_id"]
