"""One hand with everything in it: raises on two streets, an all-in that is called, a showdown."""

from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.ticks import ticks_to_utc
from tests.support.gfx_facts import ticks

LONER = "Thistlewood-Okafor"


def card(text: str) -> Action:
    """A board card."""
    return Action(kind="BOARD CARD", card=text)


def seat(number: int, name: str, stacks: tuple[int, int], cards: str = "") -> Seat:
    """A listed seat with its stacks before and after the hand."""
    start, end = stacks
    return Seat(
        seat=number,
        name=name,
        long_name=f"Bo {name}",
        start_stack=start,
        end_stack=end,
        hole_cards=tuple(cards.split()),
    )


def battle(number: int = 0) -> Hand:
    """The n-th hand: blinds 100/200 with ante 200; seat 2 (button) beats seat 8 (big blind).

    Pot 6,300; a full house against two pair; 214 seconds.
    """
    return Hand(
        hand_num=number + 1,
        start_utc=ticks_to_utc(ticks(number)),
        start_ticks=str(ticks(number)),
        duration_ticks=2_137_253_650,
        blinds=Blinds(
            small_blind=100,
            big_blind=200,
            ante=200,
            ante_type="BB_ANTE_BB1ST",
            button_seat=2,
            small_blind_seat=5,
            big_blind_seat=8,
        ),
        seats=(
            seat(2, "Ostrander", (3000, 6300), "kc kd"),
            seat(5, LONER, (5000, 4900), "7c 2d"),
            seat(8, "Marchetti", (4000, 800), "as ah"),
        ),
        actions=(
            Action(kind="BET", seat=2, amount=500, pot=500),
            Action(kind="FOLD", seat=5),
            Action(kind="CALL", seat=8, amount=500, pot=1000),
            card("ks"),
            card("9h"),
            card("4d"),
            Action(kind="CHECK", seat=8, pot=1300),
            Action(kind="BET", seat=2, amount=600, pot=1300),
            Action(kind="BET", seat=8, amount=1400, pot=1900),
            Action(kind="ALL IN", seat=2, amount=2500, pot=3300),
            Action(kind="CALL", seat=8, amount=2500, pot=5200),
            card("2c"),
            card("2h"),
        ),
    )
