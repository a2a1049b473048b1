"""Composition root of the notifier."""

from bus.api import Bus, CommandContext, Entity
from bus.decide import DeciderRunner
from bus.react import Announcer, effect_id, react
from bus.run import Process
from contracts.messages.notification import NotificationRaised
from contracts.recorded import Recorded
from services.notifier.domain import CAUSES, Notifier, Raise, notice, occasion


class App:
    """The service: reactors that raise, and an announcer."""

    def __init__(self, bus: Bus) -> None:
        """Tests pass a memory bus."""
        self.runner: DeciderRunner[Raise, bool] = DeciderRunner(bus, Notifier(), "notifier")
        self._announcer = Announcer(bus, "notifier")

    async def raise_for(self, fact: Recorded) -> None:
        """Raise the notification of a fact; a redelivery raises nothing."""
        if not isinstance(fact.event, CAUSES):
            return
        about = occasion(fact.event, fact.envelope.id)
        notification_id = effect_id("notification", about)
        command = Raise(notification_id=notification_id, cause=fact.event)
        context = CommandContext(
            command_id=effect_id("raise", fact.envelope.id),
            actor="notifier",
            correlation_id=fact.envelope.correlation_id,
            causation_id=fact.envelope.id,
            traceparent=fact.envelope.traceparent,
        )
        entity = Entity("notification", "notification", notification_id)
        await self.runner.execute(command, entity, context)

    async def announce(self, fact: Recorded) -> None:
        """Say the notice of one notification."""
        if isinstance(fact.event, NotificationRaised):
            await self._announcer.say([notice(fact.event)], fact.sequence, fact)


async def main(process: Process) -> None:
    """Start the service's parts."""
    app = App(process.bus)
    await process.start_decider(app.runner)
    process.spawn(react(process.bus, "notifier-render", app.raise_for), "failed renders")
    process.spawn(react(process.bus, "notifier-gfx", app.raise_for), "rejected files")
    process.spawn(react(process.bus, "notifier-sync", app.raise_for), "failed syncs")
    process.spawn(react(process.bus, "notifier-hands", app.raise_for), "lost hands")
    process.spawn(react(process.bus, "notifier-wsop-rejected", app.raise_for), "rejected imports")
    process.spawn(react(process.bus, "notifier-wsop-closed", app.raise_for), "partial imports")
    process.spawn(react(process.bus, "notifier-wsop-sync", app.raise_for), "failed fetches")
    process.spawn(react(process.bus, "notifier-announcer", app.announce), "announcer")
