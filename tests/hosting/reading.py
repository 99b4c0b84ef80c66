"""Reads deploy/: the compose file with its variables filled in, the Dockerfile, and the manifests. Nothing is started here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
_VARIABLE = re.compile(r"\$(?:(\$)|\{([A-Z_]+)(?::([-?])([^}]*))?\})")
_SIZES = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "ki": 1024, "mi": 1024**2, "gi": 1024**3}


def read_env(path: Path) -> dict[str, str]:
    """The variables of a file with NAME=value lines."""
    rows = (row.strip() for row in path.read_text(encoding="utf8").splitlines())
    return dict(row.split("=", 1) for row in rows if row and not row.startswith("#"))


def names_in_env(path: Path) -> set[str]:
    """Every variable that such a file names, also those that it leaves out as a comment."""
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", path.read_text(encoding="utf8"), re.MULTILINE))


def fill(value: Any, given: Mapping[str, str]) -> Any:
    """As Compose fills in `${A}`, `${A:-other}` and `${A:?why not}`. Raises KeyError for one that has to be there."""

    def one(found: re.Match[str]) -> str:
        dollar, name, how, other = found.groups()
        if dollar:
            return "$"
        if given.get(name):
            return given[name]
        if how == "?":
            raise KeyError(f"{name}: {other}")
        return other or ""

    if isinstance(value, str):
        return _VARIABLE.sub(one, value)
    if isinstance(value, Mapping):
        return {key: fill(below, given) for key, below in value.items()}
    if isinstance(value, list):
        return [fill(below, given) for below in value]
    return value


def size(text: str | int) -> int:
    """Bytes of "1536m", "1Gi" or a number."""
    found = re.fullmatch(r"(\d+)\s*([a-zA-Z]*)", str(text))
    assert found, text
    return int(found.group(1)) * _SIZES[(found.group(2) or "b").lower()]


def seconds(text: str) -> float:
    """Seconds of "40s" or "2m"."""
    return float(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


@dataclass(frozen=True)
class Service:
    """A service of the compose file, with everything that a process is started with."""

    name: str
    raw: Mapping[str, Any]
    folder: Path
    networks: Mapping[str, str] = field(default_factory=dict)

    @property
    def image(self) -> str:
        """The image, without its tag."""
        return str(self.raw["image"]).partition(":")[0]

    @property
    def ids(self) -> tuple[int, int]:
        """User and group."""
        user, _, group = str(self.raw["user"]).partition(":")
        return int(user), int(group)

    @property
    def argv(self) -> list[str]:
        """What it starts; empty where the image decides."""
        return [str(part) for part in (*self.raw.get("entrypoint", ()), *self.raw.get("command", ()))]

    @property
    def environment(self) -> dict[str, str]:
        """Its environment."""
        return {name: str(value) for name, value in self.raw.get("environment", {}).items()}

    @property
    def binds(self) -> list[tuple[Path, str]]:
        """What of the host it sees: source and target. All of it read-only (a test holds the file to that)."""
        return [((self.folder / row["source"]).resolve(), row["target"]) for row in self.raw.get("volumes", ()) if row["type"] == "bind"]

    @property
    def volumes(self) -> list[tuple[str, str]]:
        """What it keeps: name and target."""
        return [(row["source"], row["target"]) for row in self.raw.get("volumes", ()) if row["type"] == "volume"]

    @property
    def tmpfs(self) -> list[tuple[str, str]]:
        """What it may write in, in memory: target and options."""
        return [(row.partition(":")[0], row.partition(":")[2]) for row in self.raw.get("tmpfs", ())]

    @property
    def hosts(self) -> dict[str, str]:
        """Names of its own: name -> address."""
        return dict(row.split(":", 1) for row in self.raw.get("extra_hosts", ()))

    @property
    def memory(self) -> int:
        """Bytes it may have."""
        return size(self.raw["mem_limit"])

    @property
    def stop_signal(self) -> str:
        """The signal that ends it, without SIG."""
        return str(self.raw.get("stop_signal", "SIGTERM")).removeprefix("SIG")

    @property
    def health(self) -> list[str]:
        """The command that tells whether it is well."""
        how, *rest = self.raw["healthcheck"]["test"]
        return ["/bin/sh", "-c", *rest] if how == "CMD-SHELL" else list(rest)


def compose(folder: Path, given: Mapping[str, str]) -> dict[str, Service]:
    """The services of `folder`/compose.yml, with these variables."""
    whole = yaml.safe_load((folder / "compose.yml").read_text(encoding="utf8"))
    found = {}
    for name, raw in fill(whole["services"], given).items():
        networks = {net: (of or {}).get("ipv4_address", "") for net, of in (raw.get("networks") or {}).items()}
        found[name] = Service(name, raw, folder, networks)
    return found


@dataclass(frozen=True)
class Image:
    """The last stage of the Dockerfile. `copies`: source and target; a source is of the build stage where it is absolute."""

    env: Mapping[str, str]
    workdir: str
    user: str
    stop_signal: str
    command: list[str]
    health: list[str]
    copies: list[tuple[str, str]]


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    joined = re.sub(r"\\\n", " ", "\n".join(row for row in text.splitlines() if not row.lstrip().startswith("#")))
    for row in joined.splitlines():
        if row.strip():
            word, _, rest = row.strip().partition(" ")
            yield word.upper(), rest.strip()


def image(path: Path = DEPLOY / "Dockerfile") -> Image:
    """What the last stage makes. Knows the instructions that this file uses, and no others."""
    rows = list(_instructions(path.read_text(encoding="utf8")))
    last = max(i for i, (word, _) in enumerate(rows) if word == "FROM")
    env: dict[str, str] = {}
    one: dict[str, str] = {}
    command: list[str] = []
    health: list[str] = []
    copies: list[tuple[str, str]] = []
    for word, rest in rows[last + 1 :]:
        if word == "ENV":
            env |= dict(part.split("=", 1) for part in shlex.split(rest))
        elif word in ("WORKDIR", "USER", "STOPSIGNAL"):
            one[word] = rest
        elif word == "CMD":
            command = yaml.safe_load(rest)
        elif word == "HEALTHCHECK":
            health = yaml.safe_load(rest[rest.index("CMD") + 3 :])
        elif word == "COPY":
            built, parts = rest.startswith("--from=build"), [part for part in shlex.split(rest) if not part.startswith("--")]
            for source in parts[:-1]:
                assert built == source.startswith("/"), rest
                into = parts[-1] if parts[-1].startswith("/") else f"{one['WORKDIR']}/{parts[-1]}"
                copies.append((source, into + Path(source).name if into.endswith("/") else into))
        else:
            assert word in ("LABEL", "RUN", "EXPOSE"), f"{word}: not read here"
    return Image(env, one["WORKDIR"], one["USER"], one["STOPSIGNAL"], command, health, copies)


def manifests(folder: Path = DEPLOY / "kubernetes") -> list[dict[str, Any]]:
    """Every object of the manifests."""
    return [found for path in sorted(folder.glob("*.yml")) for found in yaml.safe_load_all(path.read_text(encoding="utf8")) if found]


def pods() -> dict[str, dict[str, Any]]:
    """Name -> the pod of every Deployment and StatefulSet."""
    return {row["metadata"]["name"]: row["spec"]["template"]["spec"] for row in manifests() if row["kind"] in ("Deployment", "StatefulSet")}


def container_env(pod: Mapping[str, Any]) -> dict[str, Any]:
    """Variable -> value, or where it comes from."""
    rows: Sequence[Mapping[str, Any]] = pod["containers"][0].get("env", ())
    return {row["name"]: row.get("value", row.get("valueFrom")) for row in rows}
