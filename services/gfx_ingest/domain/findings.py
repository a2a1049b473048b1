"""How a change of what follows from the hands of a game is said: each once, whoever asks how often.

The change is computed outside, from the game's own facts, among which is what was said before. The
command names how many facts that were. If anything was said since, also by the same command, it is
overtaken and says nothing; then the change has to be computed again.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from contracts.decision import Refusal, invalid
from contracts.errors import BadMessage
from contracts.messages import Event, gfx_findings
from contracts.poker import findings
from contracts.poker.findings import Difference, Finding
from services.gfx_ingest.domain.batch import beginning
from services.gfx_ingest.domain.state import Game

type Said = (
    gfx_findings.StackCorrected
    | gfx_findings.SeatChanged
    | gfx_findings.PlayerBusted
    | gfx_findings.BlindsChanged
    | gfx_findings.IdentitySeen
    | gfx_findings.AllInDetected
)


class _Kind(NamedTuple):
    said: type[Said]
    voided: type[gfx_findings.Voided]


# Totals are checks for people, so nobody acts on them and they are never said.
_KINDS: Mapping[type[Finding], _Kind] = {
    findings.StackCorrection: _Kind(gfx_findings.StackCorrected, gfx_findings.StackCorrectedVoided),
    findings.SeatChange: _Kind(gfx_findings.SeatChanged, gfx_findings.SeatChangedVoided),
    findings.Bust: _Kind(gfx_findings.PlayerBusted, gfx_findings.PlayerBustedVoided),
    findings.LevelChange: _Kind(gfx_findings.BlindsChanged, gfx_findings.BlindsChangedVoided),
    findings.FirstSight: _Kind(gfx_findings.IdentitySeen, gfx_findings.IdentitySeenVoided),
    findings.AllIn: _Kind(gfx_findings.AllInDetected, gfx_findings.AllInDetectedVoided),
}
SAID = tuple(kind.said for kind in _KINDS.values())


class SayFindings(msgspec.Struct, frozen=True, kw_only=True):
    """Say a change of what follows from the hands, computed from the first `facts` facts."""

    game_id: str
    facts: int
    difference: Difference


def finding_id(finding: Finding) -> str:
    """The id of a finding: the same hands give it the same one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, finding.name))


def is_said(finding: Finding) -> bool:
    """Whether a finding is of a kind that is said."""
    return type(finding) in _KINDS


def say_findings(command: SayFindings, state: Game) -> Sequence[Event] | Refusal:
    if command.facts != state.facts:
        return ()
    events = [_void(command.game_id, each) for each in command.difference.voided]
    events += (_say(command.game_id, each) for each in command.difference.said)
    try:
        return beginning(events)
    except BadMessage as error:
        return invalid("finding_too_large", str(error))


def _say(game_id: str, finding: Finding) -> Event:
    fields: dict[str, Any] = {"finding_id": finding_id(finding), "finding": finding}
    return _KINDS[type(finding)].said(game_id=game_id, **fields)


def _void(game_id: str, finding: Finding) -> Event:
    return _KINDS[type(finding)].voided(
        game_id=game_id,
        finding_id=finding_id(finding),
        start_ticks=finding.start_ticks,
        seat=finding.seat,
    )
