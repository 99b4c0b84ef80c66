"""`python -m bot.server`: one worker, with the trained model, on 127.0.0.1:5005. `bot/settings.py` lists what can be set from outside."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import time
from dataclasses import replace

# One message at a time on one thread: the matrices are small, and a second thread only spins. Set before numpy is imported.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

from bot.server import logs, model_file  # noqa: E402
from bot.settings import LEAST_TOKEN, Settings, SettingsError  # noqa: E402
from bot.shelf import Shelf, ShelfDown  # noqa: E402
from bot.shelf.redis import RedisShelf  # noqa: E402

LOG = logs.logger("server")


def tell(text: str) -> None:
    """To who started it; a line of the log where that is for a machine to read."""
    if isinstance(logs.formatter(), logs.CodesOnlyJson):
        LOG.info(text)
    else:
        print(text, flush=True)


def in_use(host: str, port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def settings_or_stop() -> Settings:
    """The settings, with what the command line says. Stops with a text that says what to mend where they can't be used."""
    from bot.monitor import counts
    from bot.server.links import Links, LinkSetupError
    from bot.server.monitor_page import MonitorSetupError
    from bot.server.monitor_page import token_from_environment as monitor_token

    parser = argparse.ArgumentParser(prog="bot.server")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    try:
        settings = Settings.from_environment()
        Links.from_environment()
        monitor_token()
        counts.from_environment().close()
    except (SettingsError, LinkSetupError, MonitorSetupError, counts.StoreError) as error:
        raise SystemExit(str(error)) from None
    for variable in ("ROUTEKAART_API_TOKEN", "ROUTEKAART_METRICS_TOKEN"):
        if 0 < len(os.environ.get(variable, "")) < LEAST_TOKEN:
            LOG.warning("%s: is shorter than %s characters. That is for trying only: who guesses it reads along.", variable, LEAST_TOKEN)
    return replace(settings, host=options.host or settings.host, port=options.port or settings.port)


async def check(shelf: Shelf) -> None:
    """Whether Redis can be used. What may pass by itself does not stop the start: the emergency card needs no Redis."""
    if not isinstance(shelf, RedisShelf):
        return
    try:
        problem = await shelf.check()
    except ShelfDown as error:
        LOG.error("REDIS_URL: no Redis answers there (%s). Start it, or mend the URL. Until then only the emergency card is given.", error)
        return
    finally:
        await shelf.close()
    if problem:
        raise SystemExit(problem)


def main() -> None:
    """Serve until stopped."""
    logs.configure()
    settings = settings_or_stop()
    if in_use(settings.host, settings.port):
        raise SystemExit(
            f"Cannot listen on {settings.host}:{settings.port}: it is in use. Stop what runs there, or choose another: PORT=5006 make serve"
        )
    started = time.monotonic()
    tell("Routekaart: loading (10 to 20 seconds) ...")

    from bot.server.app import load_agent, make_app, make_shelf
    from tools.train import model_path

    shelf = make_shelf(settings)
    asyncio.run(check(shelf))
    model = settings.model or model_path()
    if not model.exists():
        raise SystemExit("There is no trained model for these sources. Run: make train")
    try:
        with model_file.verified(model) as copy:
            agent = load_agent(copy, shelf)
    except model_file.ModelFileError as error:
        raise SystemExit(str(error)) from None
    app = make_app(agent, shelf, settings)
    app.ctx.warm = agent

    @app.before_server_start
    async def warm_up(_app: object, _loop: object) -> None:
        await agent.parse_message("goedemorgen")

    @app.after_server_start
    async def ready(_app: object, _loop: object) -> None:
        tell(f"Routekaart is ready after {time.monotonic() - started:.0f} s: open http://{settings.host}:{settings.port}/")

    app.run(host=settings.host, port=settings.port, access_log=False, debug=False, workers=1, motd=False)


if __name__ == "__main__":
    main()
