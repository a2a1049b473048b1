"""`railcast status`: one look at a running system."""

import json
import urllib.error
import urllib.request
from typing import Any

import typer

# A gateway that does not answer in this time is not there.
TIMEOUT_S = 5.0


def show(places: dict[str, str], as_json: bool) -> int:
    """Print the gateway's health report; returns the exit code (0 only if all is well)."""
    try:
        report = _health(places)
    except (OSError, urllib.error.HTTPError) as error:
        typer.echo(f"railcast: the gateway at {places['http']} does not answer: {error}", err=True)
        return 1
    if as_json:
        typer.echo(json.dumps(report, indent=1))
    else:
        _print(places, report)
    return 0 if report.get("status") == "ok" else 1


def _health(places: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(f"{places['http']}/api/v1/health")  # noqa: S310  # our own server
    request.add_header("Authorization", f"Bearer {places['token']}")
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  # our own server
        report: dict[str, Any] = json.load(answer)
        return report


def _print(places: dict[str, str], report: dict[str, Any]) -> None:
    typer.echo(f"{report.get('status', '?')}  {places['http']}  log ends at {report.get('head')}")
    for row in report.get("projections", []):
        typer.echo(
            f"  {row['projection']:<16} at {row['checkpoint']:>8}  lag {row['lag']:>6}"
            f"  parked {row.get('parked', 0)}"
        )
