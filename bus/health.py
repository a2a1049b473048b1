"""Health by progress, served over HTTP beside the metrics: /healthz, /readyz, /metrics.

A part of a process registers with the longest silence it may keep; who is silent longer is
unhealthy, whatever it claims. A part that knows its trouble says it with a sentence.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import msgspec
from prometheus_client import make_wsgi_app

# A client that says nothing for this long is dropped.
CLIENT_S_MAX = 5.0


class Part(msgspec.Struct):
    """One part of a process. `trouble` is empty while it is well."""

    silence_s_max: float
    beat: float
    ready: bool = False
    trouble: str = ""


class Health:
    """What the parts of this process say of themselves."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds and never jumps."""
        self._clock = clock
        self._parts: dict[str, Part] = {}

    def register(self, part: str, silence_s_max: float) -> None:
        """Expect a beat of this part at least every `silence_s_max` seconds."""
        self._parts[part] = Part(silence_s_max, self._clock())

    def beat(self, part: str) -> None:
        """This part made progress, or looked and found nothing to do."""
        state = self._parts[part]
        state.beat, state.trouble, state.ready = self._clock(), "", True

    def trouble(self, part: str, reason: str) -> None:
        """This part cannot do its work; stays until its next beat."""
        state = self._parts[part]
        state.trouble, state.ready = reason, False

    def report(self) -> dict[str, str]:
        """Part -> `ok`, `starting` or what is wrong."""
        now = self._clock()
        return {name: self._word(part, now) for name, part in self._parts.items()}

    @staticmethod
    def _word(part: Part, now: float) -> str:
        if part.trouble:
            return part.trouble
        silence = now - part.beat
        if silence > part.silence_s_max:
            return f"no progress for {silence:.1f} s"
        return "ok" if part.ready else "starting"

    @property
    def ready(self) -> bool:
        """Whether every part is well and has worked at least once."""
        return all(word == "ok" for word in self.report().values())

    @property
    def healthy(self) -> bool:
        """Whether no part is in trouble or silent; starting counts as healthy."""
        return all(word in ("ok", "starting") for word in self.report().values())


class _Server(ThreadingMixIn, WSGIServer):
    """One short-lived thread per request, so that a client that hangs hides us from nobody."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = CLIENT_S_MAX

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Health checks are not news."""


def serve(health: Health, host: str, port: int) -> int:
    """Serve in a daemon thread; returns the port."""
    metrics = make_wsgi_app()

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return list(metrics(environ, start))
        good = {"/healthz": health.healthy, "/readyz": health.ready}.get(path)
        if good is None:
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"only /healthz, /readyz and /metrics\n"]
        status = "200 OK" if good else "503 Service Unavailable"
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(health.report()).encode() + b"\n"]

    server = make_server(host, port, app, server_class=_Server, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server.server_port
