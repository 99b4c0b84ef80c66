"""Starts the services of the compose file as processes of this machine, confined as the file says, without a container engine.

Each process gets what a container would give it: a file system of its own that is read-only but for the memory that the file names, its user, no
capability and no way to get one, no core dumps, the names of the others, and its address in the networks of the file. These networks are bridges in
a network namespace without any way out, so nothing here reaches the world. What is different from a container engine stands in `DIFFERENCES`.
Needs Linux and root.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.engines import _need, _postgres, _redis, could_not_run
from tests.hosting.reading import ROOT, Image, Service

#: what this is not, for who reads the result
DIFFERENCES = (
    "the programs are Debian's, not those of the images of nginx, Redis and PostgreSQL",
    "the limits of memory, processor and processes are not enforced; the memory that was used is compared with the limit",
    "no port is published: visitors come in over the network `voor`, to the port where the proxy listens",
    "the image is not built: its files are put together as the Dockerfile says, with the environment of this project",
)
START_SECONDS = 120.0
#: until a visitor takes it that there is no answer
ANSWER_SECONDS = 40.0
_NET = 0x40000000
#: of a network for which the compose file names no addresses; `.1` is where visitors come from
_OUTSIDE = "172.29.54"
_C = ctypes.CDLL(None, use_errno=True)
#: of the machine, as the base of an image
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib64", "lib32")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_PASSWD = "root:x:0:0::/root:/usr/sbin/nologin\nnginx:x:101:101::/nonexistent:/usr/sbin/nologin\nroutekaart:x:10001:10001::/nonexistent:/usr/sbin/nologin\n"


def needs() -> dict[str, str]:
    """The programs, installed where they are missing: image -> folder that holds its program. Ends the test where it can't be run here."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise could_not_run("the rehearsal of the compose file", "it needs Linux and root (sudo make test)")
    for name, package in (
        ("ip", "iproute2"),
        ("nsenter", "util-linux"),
        ("unshare", "util-linux"),
        ("setpriv", "util-linux"),
        ("curl", "curl"),
    ):
        _need(name, package, lambda name=name: shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin"))  # type: ignore[misc]
    _need("openssl", "openssl", lambda: shutil.which("openssl"))
    nginx = _need("nginx", "nginx-light", lambda: shutil.which("nginx", path="/usr/sbin:/usr/bin"))
    trial = ["unshare", "--mount", "--net", "ip", "link", "add", "proef", "type", "bridge"]
    done = subprocess.run(trial, capture_output=True, text=True, check=False)
    if done.returncode:
        raise could_not_run("the rehearsal of the compose file", f"no networks of its own can be made here: {done.stderr.strip()}")
    return {"nginx": str(Path(nginx).parent), "redis": str(Path(_redis()).parent), "postgres": str(_postgres()), "routekaart": ""}


class Stage:
    """Where the services run. `folder`: for logs, volumes and what an image would hold."""

    def __init__(self, folder: Path, services: Mapping[str, Service], image: Image, programs: Mapping[str, str]) -> None:
        self.folder = folder
        self.services = services
        self.image = image
        self.programs = programs
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.most: dict[str, int] = dict.fromkeys(services, 0)
        #: what keeps a network namespace: of each service, and of the bridges between them ("")
        self._holders: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("logs", "roots", "volumes", "image"):
            (folder / name).mkdir(parents=True)
        self._build()

    # -- the network ------------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Make the networks of the compose file, with every service at its address in them."""
        for name in ("", *self.services):
            self._holders[name] = _namespace()
        for network in sorted({network for service in self.services.values() for network in service.networks}):
            self._in("", f"ip link add {network} type bridge", f"ip link set {network} up")
        self._in("", "ip link set lo up", f"ip address add {_OUTSIDE}.1/24 dev voor")
        for number, (name, service) in enumerate(self.services.items()):
            self._in(name, "ip link set lo up")
            for network in service.networks:
                cable = f"v{number}{network}"
                peer = f"peer name {network} netns {self._holders[name].pid}"
                self._in("", f"ip link add {cable} type veth {peer}", f"ip link set {cable} master {network} up")
                self._in(name, f"ip address add {self.address(name, network)}/24 dev {network}", f"ip link set {network} up")

    def _in(self, name: str, *lines: str) -> None:
        subprocess.run(["nsenter", f"--net={self._net(name)}", "sh", "-ec", "\n".join(lines)], check=True)

    def _net(self, name: str) -> str:
        return f"/proc/{self._holders[name].pid}/ns/net"

    @contextmanager
    def inside(self, name: str = "") -> Iterator[None]:
        """Meanwhile this thread is in the network of a service, or else outside, before the proxy. A socket that is made then stays there."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(self._net(name), os.O_RDONLY)
        try:
            _enter(there)
            try:
                yield
            finally:
                _enter(here)
        finally:
            os.close(here)
            os.close(there)

    def address(self, name: str, network: str = "achter") -> str:
        """Where a service is in a network."""
        return self.services[name].networks[network] or f"{_OUTSIDE}.{10 + list(self.services).index(name)}"

    # -- services ---------------------------------------------------------------------------------------------------------------

    def start(self, *names: str) -> None:
        """Start them together, and wait until each says that it is well."""
        for name in names:
            self._launch(name)
        for name in names:
            self._wait(name)

    def _launch(self, name: str) -> None:
        service = self.services[name]
        if service.image == "postgres":
            self._first_start(service)
        log = self.log_path(name)
        with log.open("ab") as out:
            # a container engine gives its output to the user of the container
            os.chown(log, *service.ids)
            self.running[name] = self._run(service, self._argv(service), out)

    def _argv(self, service: Service) -> list[str]:
        if service.image == "routekaart":
            return service.argv or self.image.command
        # what the image of PostgreSQL has in its own settings
        return [*service.argv, "--listen_addresses=*"] if service.image == "postgres" else service.argv

    def _run(self, service: Service, argv: Sequence[str], out: object, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        root = self.folder / "roots" / service.name
        root.mkdir(exist_ok=True)
        environment = self._environment(service) | dict(more or {})
        return subprocess.Popen(
            ["nsenter", f"--net={self._net(service.name)}", "unshare", "--mount", "--ipc", "sh", "-ec", self._script(service, root, argv)],
            env=environment, cwd="/", stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,  # type: ignore[call-overload]
        )  # fmt: skip

    def _environment(self, service: Service) -> dict[str, str]:
        if service.image == "routekaart":
            return {**self.image.env, **service.environment}
        path = ":".join(part for part in (self.programs[service.image], "/usr/bin:/bin:/usr/sbin:/sbin") if part)
        return {"PATH": path, **({"PGDATA": "/var/lib/postgresql/data"} if service.image == "postgres" else {}), **service.environment}

    def run(self, name: str, argv: Sequence[str], timeout: float = 60.0, more: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Run a command as a service, beside it: its exit code and what it wrote."""
        out = self.folder / f"{name}.out"
        with out.open("wb") as file:
            code = self._run(self.services[name], argv, file, more).wait(timeout)
        return code, out.read_text(encoding="utf8", errors="replace")

    def well(self, name: str) -> bool:
        """What its health check says."""
        return self.run(name, self.services[name].health)[0] == 0

    def _wait(self, name: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.running[name].poll() is not None:
                break
            if self.well(name):
                return
            time.sleep(0.3)
        raise AssertionError("\n".join([f"{name} did not start:", *self.log(name).splitlines()[-20:]]))

    def stop(self, name: str) -> float:
        """As `docker stop`: its signal, and then time to end. The seconds it took; fails where it had to be killed."""
        process, service = self.running.pop(name), self.services[name]
        assert process.poll() is None, "\n".join([f"{name} ended by itself:", *self.log(name).splitlines()[-20:]])
        self.most[name] = max(self.most[name], _used(process.pid))
        began = time.monotonic()
        process.send_signal(signal.Signals[f"SIG{service.stop_signal}"])
        try:
            process.wait(float(str(service.raw["stop_grace_period"]).rstrip("s")))
        except subprocess.TimeoutExpired:
            _kill(process)
            raise AssertionError(f"{name} did not end within {service.raw['stop_grace_period']} of {service.stop_signal}") from None
        return time.monotonic() - began

    def most_used(self, name: str) -> int:
        """The most memory it ever had, in bytes."""
        return max(self.most[name], _used(self.running[name].pid) if name in self.running else 0)

    def kill(self, name: str) -> None:
        """End it at once, as a crash does."""
        self.most[name] = self.most_used(name)
        _kill(self.running.pop(name))

    def close(self) -> None:
        """End everything."""
        for name in list(self.running):
            self.kill(name)
        for holder in self._holders.values():
            holder.kill()
            holder.wait()

    def log_path(self, name: str) -> Path:
        """Where the log of a service is."""
        return self.folder / "logs" / f"{name}.log"

    def log(self, name: str) -> str:
        """Everything a service wrote so far."""
        path = self.log_path(name)
        return path.read_text(encoding="utf8", errors="replace") if path.exists() else ""

    # -- what a container engine does ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """The files of the image, in a folder of their own; what the build stage makes (packages, model) is that of this project."""
        home = self.folder / "image"
        for source, target in self.image.copies:
            if not target.startswith(self.image.workdir):
                continue  # papers beside the program
            path = ROOT / source.removeprefix(f"{self.image.workdir}/") if source.startswith("/") else ROOT / source
            into = home / target.removeprefix(f"{self.image.workdir}/")
            if path.name in (".venv", "models"):
                into.mkdir()  # bound there: large
            elif path.is_dir():
                shutil.copytree(path, into, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, into)

    def _script(self, service: Service, root: Path, argv: Sequence[str]) -> str:
        """The shell script that makes the file system of a service and becomes its process."""
        q, at = shlex.quote, str(root)
        lines = ["mount --make-rprivate /", f"mount -t tmpfs -o size=2m,mode=755 tmpfs {q(at)}"]

        def bind(source: str, target: str) -> None:
            make = (
                f"mkdir -p {q(at + target)}"
                if Path(source).is_dir()
                else f"mkdir -p {q(str(Path(at + target).parent))}; touch {q(at + target)}"
            )
            lines.extend([make, f"mount --bind {q(source)} {q(at + target)}", f"mount -o remount,bind,ro {q(at + target)}"])

        for name in _SYSTEM:
            path = Path("/", name)
            if path.is_symlink():
                lines.append(f"ln -s {q(os.readlink(path))} {q(f'{at}/{name}')}")
            elif path.is_dir():
                bind(str(path), str(path))
        uid, gid = service.ids
        passwd = _PASSWD + f"{service.image}:x:{uid}:{gid}::/nonexistent:/usr/sbin/nologin\n"
        hosts = {"localhost": "127.0.0.1", **{name: self.address(name) for name in self.services}, **service.hosts}
        lines.append(f"mkdir -p {q(at)}/etc {q(at)}/dev/shm {q(at)}/proc {q(at)}/tmp {q(at)}/run")
        for name, text in (
            ("passwd", passwd), ("group", f"{service.image}:x:{gid}:\n"), ("nsswitch.conf", "hosts: files\npasswd: files\ngroup: files\n"),
            ("hosts", "".join(f"{address} {name}\n" for name, address in hosts.items())),
        ):  # fmt: skip
            lines.append(f"printf %s {q(text)} > {q(at)}/etc/{name}")
        for shared in ("/etc/ld.so.cache", "/etc/ssl/openssl.cnf"):
            if Path(shared).exists():
                bind(shared, shared)
        for name in _DEVICES:
            lines.append(f"touch {q(at)}/dev/{name}; mount --bind /dev/{name} {q(at)}/dev/{name}")
        lines.extend(
            [
                f"ln -s /proc/self/fd/1 {q(at)}/dev/stdout",
                f"ln -s /proc/self/fd/2 {q(at)}/dev/stderr",
                f"ln -s /proc/self/fd {q(at)}/dev/fd",
            ]
        )
        lines.append(f"mount --rbind /proc {q(at)}/proc")
        lines.append(f"mount -t tmpfs -o size={service.raw.get('shm_size', '64m')},mode=1777 tmpfs {q(at)}/dev/shm")
        workdir = "/"
        if service.image == "routekaart":
            workdir = self.image.workdir
            bind(str(self.folder / "image"), workdir)
            bind(str(Path(sys.prefix)), f"{workdir}/.venv")
            bind(str(ROOT / "models"), f"{workdir}/models")
            if not sys.base_prefix.startswith("/usr"):
                bind(sys.base_prefix, sys.base_prefix)
        for target, options in service.tmpfs:
            lines.append(f"mkdir -p {q(at + target)}; mount -t tmpfs -o {q(options)} tmpfs {q(at + target)}")
        for source, target in service.binds:
            assert source.exists(), f"{service.name}: there is no {source}"
            bind(str(source), target)
        for name, target in service.volumes:
            kept = self.folder / "volumes" / name
            if not kept.exists():
                kept.mkdir()
                os.chown(kept, uid, gid)
            lines.append(f"mkdir -p {q(at + target)}; mount --bind {q(str(kept))} {q(at + target)}")
        if service.raw.get("read_only"):
            lines.append(f"mount -o remount,ro {q(at)}")
        lines.append("ulimit -c 0")
        confined = [
            "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs",
            "--pdeathsig=TERM",
        ]  # fmt: skip
        inner = f"cd {q(workdir)} && exec {shlex.join(argv)}"
        lines.append(f"exec {_chroot()} {q(at)} {shlex.join(confined)} /bin/sh -c {q(inner)}")
        return "\n".join(lines)

    def _first_start(self, service: Service) -> None:
        """What the image of PostgreSQL does with an empty volume: make a cluster, and run what stands in its folder for that."""
        name, target = service.volumes[0]
        if (self.folder / "volumes" / name / "PG_VERSION").exists():
            return
        secret = next(str(source) for source, where in service.binds if where == service.environment["POSTGRES_PASSWORD_FILE"])
        begin = [where for _, where in service.binds if where.startswith("/docker-entrypoint-initdb.d/")]
        steps = [
            f"initdb --username=postgres --pwfile={service.environment['POSTGRES_PASSWORD_FILE']} -D {target} {service.environment['POSTGRES_INITDB_ARGS']}",
            f"echo 'host all all all scram-sha-256' >> {target}/pg_hba.conf",
            f"pg_ctl -D {target} -o \"-c listen_addresses=''\" -w start",
            *(f"if [ -x {path} ]; then {path}; else . {path}; fi" for path in begin),
            f"pg_ctl -D {target} -m fast -w stop",
        ]
        code, said = self.run(
            service.name,
            ["bash", "-Eeo", "pipefail", "-c", "\n".join(steps)],
            120.0,
            {"PGPASSWORD": Path(secret).read_text(encoding="utf8")},
        )
        assert code == 0, said[-2000:]


def _chroot() -> str:
    """Where it is: the PATH is that of the service."""
    return shutil.which("chroot", path="/usr/sbin:/usr/bin:/sbin:/bin") or "chroot"


def _namespace() -> subprocess.Popen[bytes]:
    """A process that keeps a new network namespace."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], preexec_fn=_die_with_me)
    own, deadline = os.readlink("/proc/self/ns/net"), time.monotonic() + 10
    while os.readlink(f"/proc/{holder.pid}/ns/net") == own:
        assert time.monotonic() < deadline, "no network namespace"
        time.sleep(0.02)
    return holder


def _die_with_me() -> None:
    _C.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _enter(namespace: int) -> None:
    if _C.setns(namespace, _NET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        # the first one first: it would start those behind it again
        everything = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        everything = []
    for one in everything:
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    process.wait(20)


def _used(pid: int) -> int:
    """The most memory that a process and those it started ever had, in bytes."""
    total = 0
    try:
        everything = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for one in everything:
        try:
            rows = Path(f"/proc/{one.pid}/status").read_text(encoding="utf8").splitlines()
        except OSError:
            continue
        total += next((1024 * int(row.split()[1]) for row in rows if row.startswith("VmHWM")), 0)
    return total


def connect(stage: Stage, port: int, timeout: float) -> socket.socket:
    """A connection of a visitor to the proxy."""
    with stage.inside():
        made = socket.create_connection((stage.address("proxy", "voor"), port), timeout)
    made.settimeout(ANSWER_SECONDS)
    return made
