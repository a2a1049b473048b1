"""Every message class that was ever published, and the chain that lifts an old one to today's."""

from collections.abc import Callable, Mapping
from typing import Final

from contracts.errors import UnsupportedMessage
from contracts.messages import (
    Command,
    Event,
    Message,
    Notice,
    cuesheet,
    gfx,
    gfx_findings,
    gfx_game,
    gfx_sync,
    notification,
    override,
    override_commands,
    render,
    system,
    wsop,
    wsop_event,
    wsop_sync,
)

EVENTS: Final[tuple[type[Event], ...]] = (
    gfx.GameSeen,
    gfx.HandRecorded,
    gfx.HandRevised,
    gfx.HandProvisional,
    gfx.HandFinalised,
    gfx.HandWithdrawn,
    gfx.HandRestored,
    gfx.SnapshotRead,
    gfx.FileSkipped,
    gfx.FileRemoved,
    gfx.FileRejected,
    gfx_game.GameBound,
    gfx_game.GameUnbound,
    gfx_game.GameExcluded,
    gfx_game.GameIncluded,
    gfx_game.SeatCorrected,
    gfx_game.SeatCorrectionWithdrawn,
    gfx_game.HandGraded,
    gfx_game.HandGradeWithdrawn,
    gfx_findings.StackCorrected,
    gfx_findings.StackCorrectedVoided,
    gfx_findings.SeatChanged,
    gfx_findings.SeatChangedVoided,
    gfx_findings.PlayerBusted,
    gfx_findings.PlayerBustedVoided,
    gfx_findings.BlindsChanged,
    gfx_findings.BlindsChangedVoided,
    gfx_findings.IdentitySeen,
    gfx_findings.IdentitySeenVoided,
    gfx_findings.AllInDetected,
    gfx_findings.AllInDetectedVoided,
    gfx_sync.TableRegistered,
    gfx_sync.TableRemoved,
    gfx_sync.SyncScheduled,
    gfx_sync.SyncStarted,
    gfx_sync.SyncCompleted,
    gfx_sync.SyncFailed,
    gfx_sync.SyncOutdated,
    override.OverrideSet,
    override.OverrideActivated,
    override.OverrideExpired,
    override.OverrideWithdrawn,
    override.OverrideApproved,
    override.PersonCreated,
    override.PersonErased,
    override.LinkSuggested,
    override.LinkVerified,
    override.LinkRejected,
    override.LinkRemoved,
    override.ImageAdded,
    override.ImageApproved,
    override.ImageMadePrimary,
    override.ImageRemoved,
    cuesheet.SessionCreated,
    cuesheet.SheetAdded,
    cuesheet.ItemAdded,
    cuesheet.CueTaken,
    cuesheet.TakeRefused,
    render.RenderRequested,
    render.RenderStarted,
    render.RenderCompleted,
    render.RenderFailed,
    notification.NotificationRaised,
    system.CanarySaid,
    wsop.ImportStarted,
    wsop.EventsTold,
    wsop.PlayersTold,
    wsop.ChipCountsTold,
    wsop.StandingsTold,
    wsop.RowsRejected,
    wsop.RowsNoted,
    wsop.ImportClosed,
    wsop.ImportSkipped,
    wsop.ImportRejected,
    wsop_sync.SourceRegistered,
    wsop_sync.SourceSyncScheduled,
    wsop_sync.SourceSyncStarted,
    wsop_sync.SourceSyncCompleted,
    wsop_sync.SourceSyncFailed,
    wsop_sync.SourceSyncOutdated,
    wsop_event.HoldSet,
    wsop_event.EliminationSet,
    wsop_event.EliminationWithdrawn,
)
COMMANDS: Final[tuple[type[Command], ...]] = (
    gfx_game.BindGame,
    gfx_game.UnbindGame,
    gfx_game.ExcludeGame,
    gfx_game.IncludeGame,
    gfx_game.CorrectSeat,
    gfx_game.WithdrawSeatCorrection,
    gfx_game.GradeHand,
    gfx_game.WithdrawGrade,
    gfx_sync.TriggerSync,
    override_commands.SetOverride,
    override_commands.WithdrawOverride,
    override_commands.ApproveOverride,
    override_commands.CreatePerson,
    override_commands.ErasePerson,
    override_commands.SuggestLink,
    override_commands.VerifyLink,
    override_commands.RejectLink,
    override_commands.RemoveLink,
    override_commands.AddImage,
    override_commands.ApproveImage,
    override_commands.MakeImagePrimary,
    override_commands.RemoveImage,
    cuesheet.CreateSession,
    cuesheet.AddSheet,
    cuesheet.AddItem,
    cuesheet.TakeItem,
    render.SubmitRender,
    wsop_sync.TriggerImport,
    wsop_event.SetHold,
    wsop_event.SetElimination,
    wsop_event.WithdrawElimination,
)
NOTICES: Final[tuple[type[Notice], ...]] = (
    cuesheet.CueNotice,
    cuesheet.SheetNotice,
    cuesheet.SessionNotice,
    gfx_sync.SyncNotice,
    render.RenderNotice,
    notification.NotificationNotice,
    wsop_sync.SourceSyncNotice,
)

type Upcaster = Callable[[Message], Message]

# Old type text -> pure function to the next version. Empty until a message gets its second version.
UPCASTERS: Final[Mapping[str, Upcaster]] = {}

# A chain longer than this is a loop: no message will see that many versions.
UPCASTS_MAX = 50

BY_TYPE: Final[Mapping[str, type[Message]]] = {
    cls.TYPE.text: cls for cls in (*EVENTS, *COMMANDS, *NOTICES)
}


def message_class(type_text: str) -> type[Message]:
    """The class of a `ce-type`; raises UnsupportedMessage for one this code does not know."""
    try:
        return BY_TYPE[type_text]
    except KeyError as error:
        raise UnsupportedMessage(f"message type {type_text!r} is not known here") from error


def upcast(message: Message, upcasters: Mapping[str, Upcaster] = UPCASTERS) -> Message:
    """Lift a message to the newest version of its kind; today's come back as they are."""
    for _ in range(UPCASTS_MAX):
        step = upcasters.get(message.TYPE.text)
        if step is None:
            return message
        message = step(message)
    raise UnsupportedMessage(f"the upcasters of {message.TYPE.text} never end")
