"""Who may come in: the API key, the page's cookie, and nobody else.

One guard stands before every route, so a route without a rule is closed. It also writes the
headers that keep a browser from loading or sending anything elsewhere.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.errors import Problem, answer

# Probes of an orchestrator have no key; they tell nothing but whether we work.
OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
# The longest show day; after it the link with the token is opened again.
SESSION_S_MAX: Final = 24 * 3600
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# The largest command has some 2 KB; a megabyte is room for every later one.
BODY_BYTES_MAX: Final = 1024 * 1024
# A portrait of any camera, saved for the web, is below; the service that decodes it takes as much.
PICTURE_BYTES_MAX: Final = 5 * 1024 * 1024
_PICTURES: Final = re.compile(r"/api/v1/players/[^/]+/images")
# Longer tokens are no keys of ours; hashing them would only be work.
TOKEN_LENGTH_MAX: Final = 512

CONTENT_POLICY: Final = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_ALWAYS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    # The link that signs in carries the token in its address.
    "Referrer-Policy": "no-referrer",
}
_SIGN_IN_PAGE: Final = """<!doctype html><html lang="en"><title>railcast</title>
<h1>Not signed in</h1><p>Open the link with <code>?token=</code> that this system printed at its
start. A session lasts 24 hours.</p></html>"""


class Access:
    """Knows the hash of the API key and signs the page's sessions with it.

    A session is `<end, Unix seconds>.<HMAC>`: it holds across a restart and needs no store.
    """

    def __init__(self, key_sha256: str, now_s: Callable[[], float]) -> None:
        """`key_sha256` in lower-case hex; `now_s` gives Unix seconds."""
        self._key_sha256 = key_sha256
        self._now_s = now_s
        # Cookies know no ports: two systems on one host must not overwrite each other's.
        self.cookie = f"railcast-{self._sign('cookie')[:8]}"

    def knows(self, token: str) -> bool:
        """Whether this is the API key."""
        if len(token) > TOKEN_LENGTH_MAX:
            return False
        return hmac.compare_digest(
            hashlib.sha256(token.encode(errors="replace")).hexdigest(), self._key_sha256
        )

    def session(self) -> str:
        """A new session for the cookie."""
        end = str(int(self._now_s()) + SESSION_S_MAX)
        return f"{end}.{self._sign(end)}"

    def holds(self, session: str) -> bool:
        """Whether a session was signed by us and has not ended."""
        end, _, signature = session.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(end).encode()):
            return False
        return int(end) > self._now_s()

    def _sign(self, text: str) -> str:
        key = f"desk:{self._key_sha256}".encode()
        return hmac.new(key, text.encode(), "sha256").hexdigest()


class Guard:
    """ASGI middleware: lets in, names the actor in `request.state.actor`, or answers itself."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        """`app` is everything behind the guard."""
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"no {scope['type']} here")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        answered = self._judge(scope)
        behind = self._app if answered is None else answered
        await behind(scope, limited(receive, body_bytes_max(scope["path"])), send_with_headers)

    def _judge(self, scope: Scope) -> Response | None:
        """None lets the request pass."""
        connection = HTTPConnection(scope)
        path, method = scope["path"], scope["method"]
        if path in OPEN_PATHS:
            return None
        if path == "/" and method == "GET" and "token" in connection.query_params:
            return self._sign_in(connection)
        actor = self._actor(connection)
        if actor is None:
            return self._closed(connection)
        if actor == "desk" and method not in SAFE_METHODS and not same_origin(connection.headers):
            detail = "a change with the page's cookie must come from the page itself"
            return answer(Problem(403, "other_origin", detail), path)
        length = connection.headers.get("content-length", "0")
        most = body_bytes_max(path)
        if not length.isdecimal() or int(length) > most:
            return answer(Problem(413, "body_too_large", _too_large(most)), path)
        scope.setdefault("state", {})["actor"] = actor
        return None

    def _actor(self, connection: HTTPConnection) -> str | None:
        header = connection.headers.get("authorization")
        if header is not None:
            kind, _, token = header.partition(" ")
            return "api" if kind.lower() == "bearer" and self._access.knows(token) else None
        key = connection.headers.get("x-api-key")
        if key is not None:
            return "api" if self._access.knows(key) else None
        session = connection.cookies.get(self._access.cookie, "")
        return "desk" if session and self._access.holds(session) else None

    def _sign_in(self, connection: HTTPConnection) -> Response:
        if not self._access.knows(connection.query_params["token"]):
            return self._closed(connection)
        query = connection.scope["query_string"].decode("latin-1")
        kept = [(name, value) for name, value in parse_qsl(query) if name != "token"]
        response = RedirectResponse(f"/?{urlencode(kept)}" if kept else "/", 303)
        response.set_cookie(
            self._access.cookie,
            self._access.session(),
            max_age=SESSION_S_MAX,
            httponly=True,
            samesite="strict",
            secure=connection.url.scheme == "https",
        )
        return response

    @staticmethod
    def _closed(connection: HTTPConnection) -> Response:
        if connection.url.path == "/" and "text/html" in connection.headers.get("accept", ""):
            return HTMLResponse(_SIGN_IN_PAGE, 401)
        detail = (
            "send the API key as `Authorization: Bearer <key>` or `X-API-Key: <key>`, "
            "or open the page's link"
        )
        return answer(Problem(401, "no_valid_key", detail), connection.url.path)


def body_bytes_max(path: str) -> int:
    """How many bytes a body on this path may have: pictures are larger than commands."""
    return PICTURE_BYTES_MAX if _PICTURES.fullmatch(path) else BODY_BYTES_MAX


def _too_large(most: int) -> str:
    return f"a body holds at most {most} bytes"


def limited(receive: Receive, most: int = BODY_BYTES_MAX) -> Receive:
    """The same, but raises HTTPException 413 when a body that told no length grows too large."""
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413, _too_large(most))
        return message

    return receive_some


def same_origin(headers: Headers) -> bool:
    """Whether a browser says that the request comes from a page of this host.

    One of the two headers must be there, and none may say otherwise.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    if site is not None and site != "same-origin":
        return False
    return origin is None or origin.partition("://")[2] == headers.get("host", "")
