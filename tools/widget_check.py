"""Is the built chat widget what its sources make: `python -m tools.widget_check`, a step of `make test`.

Types, the unit tests of the sources, then a build beside the committed one, which must be the same byte for byte and small enough. It
needs Node and the packages of `widget/package-lock.json`. Where those can't be had it says "not run" and passes, because serving needs
neither; with CI=true in the environment that is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import widget_words

ROOT = Path(__file__).resolve().parents[1]
WIDGET = ROOT / "widget"
BUILT = ROOT / "bot" / "server" / "static" / "widget" / "routekaart-chat.js"
#: the oldest Node that the build works with (`engines` in package.json)
NODE = (20, 19)
SECONDS = 300


def run(*command: str, quiet: bool = True) -> bool:
    """Run a command in the folder of the widget; shows what it said when it failed, or always. False where it takes too long."""
    try:
        done = subprocess.run(command, cwd=WIDGET, check=False, capture_output=quiet, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    if done.returncode and quiet:
        print((done.stdout + done.stderr).strip()[-4000:])
    return done.returncode == 0


def cannot() -> str:
    """Why it can't be run here; empty where it can. Installs the packages where that was not done."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return "Node is not installed"
    found = re.match(r"v(\d+)\.(\d+)", subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout)
    if not found or tuple(map(int, found.groups())) < NODE:
        return f"Node is older than {NODE[0]}.{NODE[1]}"
    if not (WIDGET / "node_modules" / ".package-lock.json").exists() and not run(npm, "ci", "--ignore-scripts"):
        return "the packages of widget/package-lock.json could not be installed"
    return ""


def main() -> int:
    """0: the same, or not run; 1: not the same, or not run in CI."""
    if widget_words.main(["--check"]):
        return 1
    reason = cannot()
    if reason:
        print(f"not run: {reason}")
        return 1 if os.environ.get("CI") == "true" else 0
    if not run("npm", "run", "types") or not run("npm", "test"):
        return 1
    with tempfile.TemporaryDirectory() as folder:
        if not run("npx", "vite", "build", "--outDir", folder):
            return 1
        made = Path(folder) / BUILT.name
        if not run("node", "size.mjs", str(made), quiet=False):
            return 1
        if not BUILT.exists() or made.read_bytes() != BUILT.read_bytes():
            print(f"{BUILT.relative_to(ROOT)} is not what widget/ makes. Run: make widget")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
