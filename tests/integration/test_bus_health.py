"""The health page over real sockets."""

import socket
import urllib.request

from bus import health


def test_a_client_that_says_nothing_does_not_hide_a_process_from_the_others():
    parts = health.Health()
    parts.register("work", silence_s_max=60)
    parts.beat("work")
    port = health.serve(parts, "127.0.0.1", 0)

    with (
        socket.create_connection(("127.0.0.1", port)),
        urllib.request.urlopen(
            f"http://127.0.0.1:{port}/readyz", timeout=health.CLIENT_S_MAX / 2
        ) as answer,
    ):
        assert (answer.status, answer.read()) == (200, b'{"work": "ok"}\n')
