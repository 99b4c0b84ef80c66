"""`python -m tests.browser.run [file ...]`: the widget in a real browser, against a server of its own; a step of `make test`.

Needs Node 20 or newer and Chromium (`CHROMIUM` names another than /usr/bin/chromium). Debian's Chromium is installed where it is missing
and that can be done (as root, with apt-get). What can't be had is said ("not run") and passed over; with CI=true that is a failure.

`--update`: write the transcript of the screen reader anew, to be read before it is committed. `--screenshots`: make the pictures of
docs/schermafdrukken instead. `--consults`: play consultations and write what they took in docs/huisarts-controle.md. A server that runs already can be used by setting ROUTEKAART_URL.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from bot.server.links import DAY, KEYS_VARIABLE, Entry, Keys, Links  # noqa: E402
from tests.browser import consults  # noqa: E402
from tests.browser.longest import write as write_longest  # noqa: E402
from tests.browser.pictures import FOLDER, finish  # noqa: E402
from tests.contract.support import running  # noqa: E402

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
OLDEST_NODE = 20
SECONDS = 1500
#: milliseconds for one file of scenarios, and for all consultations
FILE_MS, CONSULTS_MS = 120_000, 900_000
#: seconds for each of the two commands that install Chromium
INSTALL_SECONDS = 300
UPDATE, SCREENSHOTS, CONSULTS = "--update", "--screenshots", "--consults"


def missing() -> str:
    """What is not there to test with; empty when everything is."""
    for name in ("node", "npm"):
        if shutil.which(name) is None:
            return f"{name} is missing; install Node {OLDEST_NODE} or newer (https://nodejs.org)"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not version.startswith("v") or int(version[1:].split(".")[0]) < OLDEST_NODE:
        return f"node is too old: {version}, at least {OLDEST_NODE} is needed"
    return "" if shutil.which(CHROMIUM) else install_chromium()


def install_chromium() -> str:
    """Debian's Chromium; what stood in the way, empty when it is there now."""
    apt = shutil.which("apt-get")
    if os.environ.get("CHROMIUM") or apt is None or os.geteuid() != 0:
        return f"Chromium is missing: no {CHROMIUM}; install it ('sudo apt-get install chromium'), or say where it is with CHROMIUM=..."
    print("Setting up: Chromium for the browser tests (apt-get, one to three minutes) ...", flush=True)
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        try:
            done = subprocess.run(
                [apt, "-q", *command],
                capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS, stdin=subprocess.DEVNULL,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"Chromium could not be installed: apt-get {command[0]} took more than {INSTALL_SECONDS} seconds"
        # an index that could not be read anew is no reason to stop: the old one may do
        if done.returncode and command[0] == "install":
            return f"Chromium could not be installed: {' '.join(done.stderr.split())[-300:]}"
    return "" if shutil.which(CHROMIUM) else f"Chromium was installed, but there is no {CHROMIUM}"


def install() -> str:
    """The packages of package-lock.json, where they are not there yet; what went wrong."""
    mark = HERE / "node_modules" / ".lock-sha256"
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if mark.exists() and mark.read_text(encoding="utf8") == wanted:
        return ""
    command = ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"the packages could not be installed within {INSTALL_SECONDS} seconds"
    if done.returncode:
        return f"the packages could not be installed: {' '.join(done.stderr.split())[-300:]}"
    mark.write_text(wanted, encoding="utf8")
    return ""


def scenarios(url: str, files: list[str], folder: Path, options: list[str]) -> int:
    """Run them, one browser at a time; the exit code. `folder`: for what is only needed while they run."""
    chosen = files or sorted(path.name for path in HERE.glob("*.test.mjs"))
    pictures = folder / "pictures"
    if SCREENSHOTS in options:
        chosen = ["screenshots.mjs"]
    if CONSULTS in options:
        chosen = ["consults.mjs"]
        consults.prepare(folder / "consults.json")
    write_longest(folder / "longest.json")
    environment = {
        **os.environ,
        "ROUTEKAART_URL": url,
        "ROUTEKAART_PYTHON": sys.executable,
        "ROUTEKAART_LONGEST": str(folder / "longest.json"),
        "ROUTEKAART_SCREENSHOTS": str(pictures),
        "ROUTEKAART_CONSULTS": str(folder / "consults.json"),
        "ROUTEKAART_CONSULTS_MADE": str(folder / "consults-made.json"),
        "CHROMIUM": CHROMIUM,
        **({"UPDATE_TRANSCRIPT": "1"} if UPDATE in options else {}),
    }
    command = [
        "node",
        "--test",
        "--test-concurrency=1",
        f"--test-timeout={CONSULTS_MS if CONSULTS in options else FILE_MS}",
        "--test-reporter=spec",
        *chosen,
    ]
    try:
        code = subprocess.run(command, cwd=HERE, env=environment, check=False, timeout=SECONDS).returncode
    except subprocess.TimeoutExpired:
        print(f"browser: not ready after {SECONDS} seconds")
        return 1
    if SCREENSHOTS in options and not code:
        print(finish(pictures, FOLDER))
    if CONSULTS in options and not code:
        print(consults.write(folder / "consults-made.json"))
    return code


def main() -> int:
    """Whether every scenario went well, as an exit code."""
    options = [name for name in sys.argv[1:] if name in (UPDATE, SCREENSHOTS, CONSULTS)]
    files = [name for name in sys.argv[1:] if name not in options]
    problem = missing() or install()
    if problem:
        print(f"not run: {problem}")
        return 1 if os.environ.get("CI") == "true" else 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if url := os.environ.get("ROUTEKAART_URL"):
            return scenarios(url.rstrip("/"), files, folder, options)
        key = secrets.token_urlsafe(32)
        os.environ["ROUTEKAART_LINK"] = Links(Keys([key])).make(Entry("huisarts", "dordrecht", "zorgmail"), DAY)[0]
        with running(folder / "server", None, more={KEYS_VARIABLE: key}) as server:
            return scenarios(server.client.url, files, folder, options)


if __name__ == "__main__":
    raise SystemExit(main())
