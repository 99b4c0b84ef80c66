"""`python -m bot.server`: load the newest trained model and serve on 127.0.0.1:5005 (`HOST`, `PORT` or `--port` change that)."""

from __future__ import annotations

import argparse
import os
import socket
import time

# One message at a time on one thread: the matrices are small, and a second thread only spins. Set before numpy is imported.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

from bot.server import logs  # noqa: E402


def in_use(host: str, port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="bot.server")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "5005")))
    options = parser.parse_args()
    logs.configure()
    if in_use(options.host, options.port):
        raise SystemExit(
            f"Cannot listen on {options.host}:{options.port}: it is in use. Stop what runs there, or choose another: PORT=5006 make serve"
        )
    from bot.monitor import counts
    from bot.server.links import Links, LinkSetupError
    from bot.server.monitor_page import MonitorSetupError
    from bot.server.monitor_page import token_from_environment as monitor_token

    try:
        Links.from_environment()
        monitor_token()
        counts.from_environment().close()
    except (LinkSetupError, MonitorSetupError, counts.StoreError) as error:
        raise SystemExit(str(error)) from None
    started = time.monotonic()
    print("Routekaart: loading (10 to 20 seconds) ...", flush=True)

    from bot.server.app import load_agent, make_app, token_from_environment
    from tools.train import model_path

    model = model_path()
    if not model.exists():
        raise SystemExit("There is no trained model for these sources. Run: make train")
    agent, store = load_agent(model)
    app = make_app(agent, store, token_from_environment())
    app.ctx.warm = agent

    @app.before_server_start
    async def warm_up(_app: object, _loop: object) -> None:
        await agent.parse_message("goedemorgen")

    @app.after_server_start
    async def ready(_app: object, _loop: object) -> None:
        print(f"Routekaart is ready after {time.monotonic() - started:.0f} s: open http://{options.host}:{options.port}/", flush=True)

    app.run(host=options.host, port=options.port, access_log=False, debug=False, workers=1, motd=False)


if __name__ == "__main__":
    main()
