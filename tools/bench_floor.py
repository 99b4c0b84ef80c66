"""The floor of the bench: a Sanic route that does nothing but read the JSON of a request and answer as many bytes as this project would.

`python -m tools.bench_floor --port PORT --sizes FILE`; FILE holds a JSON object from message to bytes. What HTTP, Sanic and the client
cost by themselves can be read from it: no assistant behind the same channel can be faster.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

#: bytes of a reply around its text: `[{"recipient_id":"...","text":"..."}]` with an id as the bench makes them
AROUND = 60


def reply_like(size: int) -> list[dict[str, Any]]:
    """A reply that is about `size` bytes as JSON."""
    return [{"recipient_id": "bench", "text": "x" * max(1, size - AROUND)}]


def make_floor(sizes: Mapping[str, int]) -> Sanic:
    """The app. `sizes`: bytes to answer to a message; any other message gets a short answer."""
    app = Sanic("routekaart_bench_floor", configure_logging=False)
    replies = {message: reply_like(size) for message, size in sizes.items()}
    short = reply_like(100)

    async def receive(request: Request) -> HTTPResponse:
        return response.json(replies.get(request.json["message"], short))

    app.add_route(receive, "/webhooks/rest/webhook", methods=["POST"])
    return app


def main() -> None:
    """Serve on loopback until stopped."""
    parser = argparse.ArgumentParser(prog="tools.bench_floor")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sizes", type=Path, required=True)
    options = parser.parse_args()
    app = make_floor(json.loads(options.sizes.read_text(encoding="utf8")))
    app.run(host="127.0.0.1", port=options.port, access_log=False, debug=False, workers=1, motd=False)


if __name__ == "__main__":
    main()
