"""A worker with its counts in PostgreSQL: what it shows while that does not answer, and what it does when it is told to stop (SIGTERM)."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

from bot.monitor.counts import DATABASE_VARIABLE, FILE_VARIABLE
from bot.monitor.disclose import Period
from bot.monitor.events import Event
from bot.monitor.postgres import PostgresCounts
from bot.monitor.recorder import FLUSH_SECONDS, today
from tests.contract.support import end_with_me
from tests.engines import postgres_server
from tools.contract_client import _free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
TOKEN = secrets.token_urlsafe(24)
WORKER = """
import sys
from sanic import Sanic, response
from bot.content import load_content
from bot.dialogue.state import State
from bot.monitor.counts import from_environment
from bot.monitor.recorder import Recorder, Turn
from bot.server import logs
from bot.server.monitor_page import MonitorPage

logs.configure()
first = Turn()
first.note(State().slots(), [{"event": "slot", "name": "gelezen", "value": "1"}, {"event": "slot", "name": "gemeente", "value": "dordrecht"}])
app, content = Sanic("teller", configure_logging=False), load_content()
recorder = Recorder(from_environment(), content)
MonitorPage(recorder, content, token=sys.argv[2]).attach(app)

@app.get("/<sender>")
async def count(request, sender):
    await recorder.turn(sender, first, [])
    return response.text("geteld")

@app.after_server_start
async def ready(_app, _loop):
    print("ready", flush=True)

app.run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, motd=False, workers=1)
"""


class Worker:
    """A worker that counts a conversation for each request, stopped before it would have handed anything over by itself."""

    def __init__(self, url: str) -> None:
        self.port = _free_port()
        environment = {**os.environ, "PYTHONPATH": str(ROOT), FILE_VARIABLE: "", DATABASE_VARIABLE: url}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WORKER, str(self.port), TOKEN],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=end_with_me,
        )  # fmt: skip

    def ready(self) -> None:
        """Wait until it can count."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def count(self, sender: str) -> None:
        """A conversation."""
        assert self.get(f"/{sender}") == (200, "geteld")

    def get(self, path: str) -> tuple[int, str]:
        """A page, for who holds the token of the monitor."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self) -> str:
        """Tell it to stop and wait until it has; its log."""
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=SECONDS)
        assert self.process.returncode == 0, log
        return log


def test_a_worker_hands_over_before_its_end_and_says_what_a_database_that_hangs_did_not_take(tmp_path: Path, postgres_url: str) -> None:
    assert SECONDS <= FLUSH_SECONDS, "or it might have been handed over in passing"
    with postgres_server(tmp_path) as other:
        worker, unlucky = Worker(postgres_url), Worker(other.url)
        for one in (worker, unlucky):
            one.ready()
            for n in range(7):
                one.count(f"gesprek{n}")
        log = worker.stop()
        counted = PostgresCounts(postgres_url).totals("dordrecht", Period(today() - timedelta(days=1), today()))
        assert counted == {Event("gesprek", "begonnen"): 7}
        assert "counts" not in log
        status, shown = unlucky.get("/monitor/csv?gemeente=dordrecht")
        assert status == 200 and "gesprek,begonnen,<5" in shown
        with other.frozen():
            status, shown = unlucky.get("/monitor/csv?gemeente=dordrecht")
            assert status == 503 and "<5" not in shown and "Error" not in shown
            unlucky.count("iemand")
            log = unlucky.stop()
        assert "counts wait" in log and "counts are lost" in log
        assert other.password not in log and str(other.port) not in log
