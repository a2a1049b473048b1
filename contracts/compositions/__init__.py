"""The catalogue of compositions, and how each one's bound values become formatted fields."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from contracts.compositions.at_risk import (
    AT_RISK,
    AtRiskData,
    AtRiskFields,
    AtRiskParameters,
    at_risk_fields,
)
from contracts.compositions.base import (
    BadParameters,
    Composition,
    Layer,
    MissingData,
    read_parameters,
)
from contracts.compositions.chip_flow import (
    CHIP_FLOW,
    ChipFlowData,
    ChipFlowFields,
    ChipFlowParameters,
    chip_flow_fields,
)
from contracts.compositions.leaderboard import (
    TABLE_LEADERBOARD,
    LeaderboardData,
    LeaderboardEntry,
    LeaderboardFields,
    LeaderboardParameters,
    LeaderboardRow,
    leaderboard_fields,
)

CATALOGUE: Mapping[str, Composition] = {
    composition.name: composition for composition in (TABLE_LEADERBOARD, CHIP_FLOW, AT_RISK)
}

type CueParameters = LeaderboardParameters | ChipFlowParameters | AtRiskParameters
type Data = LeaderboardData | ChipFlowData | AtRiskData
type Fields = LeaderboardFields | ChipFlowFields | AtRiskFields

_PARAMETERS: Mapping[str, type[CueParameters]] = {
    TABLE_LEADERBOARD.name: LeaderboardParameters,
    CHIP_FLOW.name: ChipFlowParameters,
    AT_RISK.name: AtRiskParameters,
}
_DATA: Mapping[str, type[Data]] = {
    TABLE_LEADERBOARD.name: LeaderboardData,
    CHIP_FLOW.name: ChipFlowData,
    AT_RISK.name: AtRiskData,
}


def parameters_of(composition: str, given: Mapping[str, Any]) -> CueParameters:
    """The checked parameters of a cue; raises BadParameters, KeyError outside the catalogue."""
    return read_parameters(_PARAMETERS[composition], given)


def parameter_names() -> dict[str, tuple[str, ...]]:
    """The names of the parameters that the cues of each composition take."""
    return {name: kind.__struct_fields__ for name, kind in _PARAMETERS.items()}


def read_data(composition: str, bound: Mapping[str, Any]) -> Data:
    """The data of a binding as its composition's own struct.

    Raises:
        MissingData: there is no such composition, or the data are not of its shape.
    """
    kind = _DATA.get(composition)
    if kind is None:
        raise MissingData(f"there is no composition {composition!r}")
    try:
        return msgspec.convert(bound, kind)
    except msgspec.ValidationError as error:
        raise MissingData(str(error)) from error


def fields_of(data: Data) -> Fields:
    """The texts a picture shows. Raises MissingData as the composition's own function does."""
    match data:
        case LeaderboardData():
            return leaderboard_fields(data)
        case ChipFlowData():
            return chip_flow_fields(data)
        case AtRiskData():
            return at_risk_fields(data)


def field_hash(fields: Fields, images: Mapping[str, str]) -> str:
    """SHA-256 (hex) of what the picture shows: the formatted texts and the images' SHA-256s.

    `images` maps a slot name to the hex digest of its bytes. Canonical JSON: sorted keys, UTF-8,
    no white space. Warnings do not count, since the picture is the same with and without them.
    """
    shown = msgspec.structs.replace(fields, warnings=())
    document = {"fields": shown, "images": dict(images)}
    return hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest()


__all__ = [
    "AT_RISK",
    "CATALOGUE",
    "CHIP_FLOW",
    "TABLE_LEADERBOARD",
    "AtRiskData",
    "AtRiskFields",
    "AtRiskParameters",
    "BadParameters",
    "ChipFlowData",
    "ChipFlowFields",
    "ChipFlowParameters",
    "Composition",
    "CueParameters",
    "Data",
    "Fields",
    "Layer",
    "LeaderboardData",
    "LeaderboardEntry",
    "LeaderboardFields",
    "LeaderboardParameters",
    "LeaderboardRow",
    "MissingData",
    "at_risk_fields",
    "chip_flow_fields",
    "field_hash",
    "fields_of",
    "leaderboard_fields",
    "parameter_names",
    "parameters_of",
    "read_data",
]
