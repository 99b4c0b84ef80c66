"""`python -m tests.browser.run [file ...]`: the widget in a real browser, against a server of its own.

Needs node, npm and Chromium (`CHROMIUM` names another than /usr/bin/chromium). Where one is missing it says so and ends well; with CI=true
that is a failure. `--update`: write the transcript of the screen reader anew, to be read before it is committed. A server that runs already
can be used by setting ROUTEKAART_URL.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from tests.contract.support import running  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
OLDEST_NODE = 20
SECONDS = 900


def missing() -> str:
    """What is not there to test with; empty when everything is."""
    for name in ("node", "npm"):
        if shutil.which(name) is None:
            return f"{name} is missing"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not version.startswith("v") or int(version[1:].split(".")[0]) < OLDEST_NODE:
        return f"node is too old: {version}, at least {OLDEST_NODE} is needed"
    return "" if shutil.which(CHROMIUM) else f"Chromium is missing: no {CHROMIUM}"


def install() -> str:
    """The packages of package-lock.json, where they are not there yet; what went wrong."""
    mark = HERE / "node_modules" / ".lock-sha256"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if mark.exists() and mark.read_text(encoding="utf8") == wanted:
        return ""
    command = ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"the packages could not be installed: {' '.join(done.stderr.split())[-300:]}"
    mark.write_text(wanted, encoding="utf8")
    return ""


def scenarios(url: str, files: list[str], update: bool) -> int:
    """Run them, one browser at a time; the exit code."""
    chosen = files or sorted(path.name for path in HERE.glob("*.test.mjs"))
    command = ["node", "--test", "--test-concurrency=1", "--test-timeout=120000", "--test-reporter=spec", *chosen]
    environment = {**os.environ, "ROUTEKAART_URL": url, "CHROMIUM": CHROMIUM, **({"UPDATE_TRANSCRIPT": "1"} if update else {})}
    try:
        return subprocess.run(command, cwd=HERE, env=environment, check=False, timeout=SECONDS).returncode
    except subprocess.TimeoutExpired:
        print(f"browser: not ready after {SECONDS} seconds")
        return 1


def main() -> int:
    """Whether every scenario went well, as an exit code."""
    arguments = sys.argv[1:]
    files, update = [name for name in arguments if name != "--update"], "--update" in arguments
    problem = missing() or install()
    if problem:
        print(f"not run: {problem}")
        return 1 if os.environ.get("CI") == "true" else 0
    if url := os.environ.get("ROUTEKAART_URL"):
        return scenarios(url.rstrip("/"), files, update)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), None) as server:
        return scenarios(server.client.url, files, update)


if __name__ == "__main__":
    raise SystemExit(main())
