"""Old messages are lifted step by step to the newest version."""

from typing import ClassVar

import pytest

from contracts import registry
from contracts.errors import UnsupportedMessage
from contracts.messages import Event, Message, MessageType


class LampLit(Event, frozen=True, kw_only=True):
    TYPE: ClassVar = MessageType("test", "lamp", "lit", "lamp_id")
    lamp_id: str
    colour: str


class LampLitV2(Event, frozen=True, kw_only=True):
    TYPE: ClassVar = MessageType("test", "lamp", "lit", "lamp_id", 2)
    lamp_id: str
    colours: tuple[str, ...]


class LampLitV3(Event, frozen=True, kw_only=True):
    TYPE: ClassVar = MessageType("test", "lamp", "lit", "lamp_id", 3)
    lamp_id: str
    colours: tuple[str, ...]
    percent: int


def to_v2(message: Message) -> Message:
    assert isinstance(message, LampLit)
    return LampLitV2(lamp_id=message.lamp_id, colours=(message.colour,))


def to_v3(message: Message) -> Message:
    assert isinstance(message, LampLitV2)
    return LampLitV3(lamp_id=message.lamp_id, colours=message.colours, percent=100)


CHAIN = {"test.lit.v1": to_v2, "test.lit.v2": to_v3}
OLD = LampLit(lamp_id="l1", colour="red")


def test_the_oldest_version_is_lifted_through_every_step() -> None:
    assert registry.upcast(OLD, CHAIN) == LampLitV3(lamp_id="l1", colours=("red",), percent=100)


def test_a_version_in_the_middle_takes_only_the_steps_behind_it() -> None:
    middle = LampLitV2(lamp_id="l1", colours=("red", "blue"))
    assert registry.upcast(middle, CHAIN) == LampLitV3(
        lamp_id="l1", colours=("red", "blue"), percent=100
    )


def test_todays_version_comes_back_as_it_is() -> None:
    today = LampLitV3(lamp_id="l1", colours=(), percent=5)
    assert registry.upcast(today, CHAIN) is today


def test_every_version_keeps_its_subject_so_that_one_filter_covers_all() -> None:
    assert registry.upcast(OLD, CHAIN).subject == OLD.subject == "evt.test.lamp.l1.lit"


def test_a_loop_of_upcasters_is_refused_and_not_followed_for_ever() -> None:
    loop = {"test.lit.v1": to_v2, "test.lit.v2": lambda _: OLD}
    with pytest.raises(UnsupportedMessage, match="never end"):
        registry.upcast(OLD, loop)


def test_an_unknown_type_has_no_class() -> None:
    with pytest.raises(UnsupportedMessage, match=r"test\.lit\.v1"):
        registry.message_class("test.lit.v1")


def test_every_type_text_names_one_class() -> None:
    classes = (*registry.EVENTS, *registry.COMMANDS, *registry.NOTICES)
    assert len(registry.BY_TYPE) == len(classes)
    assert all(registry.message_class(cls.TYPE.text) is cls for cls in classes)
