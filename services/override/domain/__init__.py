"""The Decider of context `override`: what may be said about a person."""

from collections.abc import Sequence
from datetime import datetime

from contracts.decision import Refusal
from contracts.messages import Event, override_commands
from services.override.domain import linking, overriding, personal, picturing
from services.override.domain.state import KeepImage, KeepOverride, Person, TellPhase, evolve

__all__ = ["Command", "KeepImage", "KeepOverride", "Overriding", "Person", "TellPhase", "due"]

due = overriding.due

type Command = (
    KeepOverride
    | KeepImage
    | TellPhase
    | linking.LinkCommand
    | override_commands.WithdrawOverride
    | override_commands.ApproveOverride
    | override_commands.CreatePerson
    | override_commands.ErasePerson
    | override_commands.ApproveImage
    | override_commands.MakeImagePrimary
    | override_commands.RemoveImage
)


class Overriding:
    """The Decider of context `override`."""

    context = "override"

    def initial(self, entity: str, entity_id: str) -> Person:  # noqa: ARG002  # one kind of entity
        """A person nobody said anything about."""
        return Person(entity_id)

    def evolve(self, state: Person, event: Event) -> Person:
        """Apply one event."""
        return evolve(state, event)

    def decide(self, command: Command, state: Person, now: datetime) -> Sequence[Event] | Refusal:
        """Answer one command."""
        match command:
            case KeepOverride():
                return overriding.keep(command, state, now)
            case TellPhase():
                return overriding.tell(command, state, now)
            case override_commands.WithdrawOverride():
                return overriding.withdraw(command, state)
            case override_commands.ApproveOverride():
                return overriding.approve(command, state)
            case override_commands.CreatePerson():
                return personal.create(command, state)
            case override_commands.ErasePerson():
                return personal.erase(command, state)
            case KeepImage():
                return picturing.keep(command, state)
            case override_commands.ApproveImage():
                return picturing.approve(command, state)
            case override_commands.MakeImagePrimary():
                return picturing.make_primary(command, state)
            case override_commands.RemoveImage():
                return picturing.remove(command, state)
            case _:
                return linking.decide(command, state)
