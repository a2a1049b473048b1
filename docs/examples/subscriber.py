"""Follow a broadcast from outside: what is on air now, and every change as it happens.

    pip install nats-py
    python subscriber.py nats://venue.example:4222 viewer PASSWORD [SESSION]

It needs nothing but nats-py and the viewer's login. Each notice is one line: the sequence of the
fact it reflects, its subject, its body as JSON. Three rules make it right; copy them with it:

1. Subscribe first, then read the last values: so nothing falls between the two.
2. The header `rc-seq` says up to which fact a notice is true. Of one subject, a notice with a lower
   `rc-seq` than one already shown is old news: drop it.
3. After a lost connection read the last values again: what was said meanwhile is not repeated.

Without SESSION it follows every session, each from the first notice it hears.
"""

import argparse
import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

# The newest notice of one subject: the only question a viewer may ask.
LAST_VALUE = "$JS.API.DIRECT.GET.LIVE"
ANSWER_TIMEOUT_S = 5.0
# Last values asked for at the same time: quick over a long line, and no burden for the server.
AT_ONCE = 32
# Between two tries while the server is away.
RETRY_S = 1.0
# Subjects remembered for rule 2, about a hundred shows; forgetting costs a repeated line at most.
SUBJECTS_MAX = 100_000


class Subscriber:
    """Prints the notices of one session, or of all."""

    def __init__(self, session: str) -> None:
        """An empty session means all of them."""
        self._only = session
        self._sessions = {session} if session else set()
        self._newest: dict[str, tuple[int, str]] = {}

    def show(self, subject: str, message: Msg) -> dict[str, Any]:
        """Print a notice unless it is old or already shown; returns its body."""
        body: dict[str, Any] = json.loads(message.data)
        headers = message.headers or {}
        sequence, notice_id = int(headers["rc-seq"]), headers["ce-id"]
        if self._only and body["session_id"] != self._only:
            return body  # render progress is said for every session on one branch
        self._sessions.add(body["session_id"])
        newest = self._newest.pop(subject, (0, ""))
        if sequence < newest[0] or notice_id == newest[1]:
            self._newest[subject] = newest
            return body
        self._newest[subject] = (sequence, notice_id)
        if len(self._newest) > SUBJECTS_MAX:
            del self._newest[next(iter(self._newest))]
        print(sequence, subject, json.dumps(body, ensure_ascii=False), flush=True)
        return body

    async def catch_up(self, client: Client) -> None:
        """Show the state of each session: its own notice lists the subjects of all others."""
        for session in sorted(self._sessions):
            whole = await self._last_value(client, f"broadcast.{session}.session")
            if whole is None:
                print(f"nothing was said about session {session} yet", file=sys.stderr)
                continue
            cues = await self._last_values(client, whole["subjects"])
            renders = [
                f"render-progress.{cue['render_id']}" for cue in cues if cue.get("render_id")
            ]
            await self._last_values(client, renders)

    async def _last_values(self, client: Client, subjects: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any] | None] = []
        for start in range(0, len(subjects), AT_ONCE):
            some = subjects[start : start + AT_ONCE]
            found += await asyncio.gather(*(self._last_value(client, subject) for subject in some))
        return [body for body in found if body is not None]

    async def _last_value(self, client: Client, subject: str) -> dict[str, Any] | None:
        answer = await client.request(f"{LAST_VALUE}.{subject}", timeout=ANSWER_TIMEOUT_S)
        if (answer.headers or {}).get("Status"):
            return None  # 404: nothing was ever said there, or it is older than a day
        return self.show(subject, answer)


async def follow(urls: list[str], login: tuple[str, str], session: str) -> None:
    """Print until cancelled; comes back by itself from a lost server."""
    subscriber, connected = Subscriber(session), asyncio.Event()

    async def heard(message: Msg) -> None:
        subscriber.show(message.subject, message)

    async def reconnected() -> None:
        connected.set()

    async def failed(error: Exception) -> None:
        print(f"nats: {error or type(error).__name__}", file=sys.stderr)

    user, password = login
    client = await nats.connect(
        urls,
        user=user,
        password=password,
        name="railcast subscriber",
        inbox_prefix=f"_INBOX.{user}",  # answers come to this prefix; no other is allowed
        max_reconnect_attempts=-1,
        reconnect_time_wait=RETRY_S,
        reconnected_cb=reconnected,
        error_cb=failed,
    )
    await client.subscribe(f"broadcast.{session or '*'}.>", cb=heard)
    await client.subscribe("render-progress.>", cb=heard)
    await client.flush()
    connected.set()
    while True:
        await connected.wait()
        connected.clear()
        try:
            await subscriber.catch_up(client)
        except (NatsError, TimeoutError) as error:
            await failed(error)
            await asyncio.sleep(RETRY_S)
            connected.set()


def main() -> None:
    """Read the command line and follow until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Print what a broadcast shows, as it changes.")
    parser.add_argument("url", help="nats://host:port, several separated by commas")
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("session", nargs="?", default="", help="session id; none = all sessions")
    options = parser.parse_args()
    login = (options.user, options.password)
    with suppress(KeyboardInterrupt):
        asyncio.run(follow(options.url.split(","), login, options.session))


if __name__ == "__main__":
    main()
