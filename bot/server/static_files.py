"""Style sheets and scripts: read once at the start, so that an address can only be one of these files and never a path."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sanic import Sanic, response
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

PREFIX = "/static/"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    body: bytes
    type: str
    mark: str


class StaticFiles:
    """The route. `folder`: where the files stand; those of another type are not served."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            PREFIX + path.relative_to(folder).as_posix(): _file(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in TYPES
        }

    def attach(self, app: Sanic) -> None:
        """Add the route."""
        app.add_route(self.show, PREFIX + "<name:path>", methods=["GET", "HEAD"], name="static")

    async def show(self, request: Request, name: str) -> HTTPResponse:
        """A file, or nothing where the browser has it already. Raises NotFound."""
        file = self.files.get(request.path)
        if file is None:
            raise NotFound
        if request.headers.get("If-None-Match") == file.mark:
            return response.empty(status=304, headers={"ETag": file.mark})
        return response.raw(file.body, content_type=file.type, headers={"ETag": file.mark})


def _file(path: Path) -> File:
    body = path.read_bytes()
    return File(body, TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:20]}"')
