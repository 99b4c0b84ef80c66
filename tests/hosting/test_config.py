"""What deploy/ says of itself: who may do what, that the set-ups agree with each other, and that every variable is one the app reads."""

from __future__ import annotations

import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.server.app import API, BODY_LIMIT
from bot.settings import VARIABLES, Settings
from tests.hosting.reading import (
    DEPLOY,
    ROOT,
    Service,
    compose,
    container_env,
    fill,
    image,
    manifests,
    names_in_env,
    pods,
    read_env,
    seconds,
    size,
)
from tools import proxy_pages

#: in a set-up for its own use, read by nobody in the app
OWN_NAMES = {"NAAM", "VERSIE", "REDIS_WACHTWOORD", "DB_WACHTWOORD", "DB_BEHEER_WACHTWOORD"}
#: of Python and the libraries, not settings of ours
PLATFORM = {"PATH", "HOME", "MPLCONFIGDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "RASA_TELEMETRY_ENABLED", "TF_CPP_MIN_LOG_LEVEL"}
#: where the compose file and the manifests choose for the host: the model of the image, PostgreSQL for the counts
CHOSEN = {"ROUTEKAART_MODEL", "ROUTEKAART_MODEL_SHA256", "ROUTEKAART_MONITOR_FILE"}
WORKERS = ("app1", "app2")


def begin(folder: Path, name: str = "routekaart.example", *more: str) -> Path:
    """deploy/ of an installation: what begin.sh makes, in a copy of the repository's deploy/ and the one file of content/ that it reads."""
    (folder / "content").mkdir(parents=True)
    shutil.copy(ROOT / "content" / "scholen.yml", folder / "content")
    shutil.copytree(DEPLOY, folder / "deploy", ignore=shutil.ignore_patterns(".env", "lokaal"))
    done = subprocess.run(["sh", str(folder / "deploy" / "begin.sh"), name, *more], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "deploy"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that was begun."""
    return begin(tmp_path_factory.mktemp("begin"))


@pytest.fixture(scope="module")
def services(installation: Path) -> dict[str, Service]:
    """The services of the compose file, filled in."""
    return compose(installation, read_env(installation / ".env"))


# -- the compose file ----------------------------------------------------------------------------------------------------------------


def test_every_service_is_confined(services: dict[str, Service]) -> None:
    assert set(services) == {"proxy", *WORKERS, "redis", "postgres"}
    for name, service in services.items():
        raw = service.raw
        assert raw["read_only"] is True, name
        assert raw["cap_drop"] == ["ALL"] and "cap_add" not in raw and "privileged" not in raw, name
        assert raw["security_opt"] == ["no-new-privileges:true"], name
        assert min(service.ids) > 0, name
        assert raw["mem_limit"] == raw["memswap_limit"], f"{name}: it may swap, and memory would be on disk"
        assert raw["pids_limit"] > 0 and float(raw["cpus"]) > 0, name
        assert raw["ulimits"]["core"] == 0, name
        assert set(raw) & {"network_mode", "pid", "ipc", "devices", "group_add", "userns_mode"} == set(), name
        assert raw["healthcheck"]["test"] and raw["restart"] == "unless-stopped", name
        assert raw["logging"]["options"]["max-size"], name
        for target, options in service.tmpfs:
            assert {"noexec", "nosuid", "nodev"} <= set(options.split(",")) and "size=" in options, (name, target)


def test_nothing_of_the_host_can_be_written_and_no_socket_is_handed_in(services: dict[str, Service]) -> None:
    for name, service in services.items():
        for row in service.raw.get("volumes", ()):
            assert isinstance(row, dict), f"{name}: the long form says what it is"
            assert row["type"] == "volume" or row["read_only"] is True, (name, row)
            assert not str(row["source"]).endswith(".sock"), (name, row)
    assert {name: [where for _, where in s.volumes] for name, s in services.items() if s.volumes} == {
        "postgres": ["/var/lib/postgresql/data"]
    }


def test_only_the_proxy_can_be_reached_from_outside(services: dict[str, Service]) -> None:
    whole = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf8"))
    assert [name for name, service in services.items() if "ports" in service.raw or "expose" in service.raw] == ["proxy"]
    assert whole["networks"]["achter"]["internal"] is True
    for name, service in services.items():
        assert set(service.networks) == ({"voor", "achter"} if name == "proxy" else {"achter"}), name
    addresses = [service.networks["achter"] for service in services.values()]
    assert len(set(addresses)) == len(addresses)
    # the proxy knows the workers by the addresses that they have
    assert services["proxy"].hosts == {name: services[name].networks["achter"] for name in WORKERS}


def test_the_workers_are_alike(services: dict[str, Service]) -> None:
    one, other = (dict(services[name].raw) for name in WORKERS)
    assert {**one, "networks": None} == {**other, "networks": None}


def test_what_has_to_be_there_stops_the_set_up_where_it_is_missing() -> None:
    whole = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf8"))
    with pytest.raises(KeyError, match=r"begin\.sh"):
        fill(whole["services"], {})


def test_the_image_and_the_compose_file_agree(services: dict[str, Service]) -> None:
    made = image()
    for name in WORKERS:
        service = services[name]
        assert service.raw["user"] == made.user
        assert service.health == made.health
        assert service.stop_signal == made.stop_signal.removeprefix("SIG")
        assert service.argv == [], "what it starts is what the image starts"
        assert made.env["PORT"] == service.environment["PORT"] == "5005"
        assert any("http://127.0.0.1:5005/healthz" in part for part in service.health)
    # the app finishes what it has in hand within a minute at most; it gets the time for that
    assert seconds(services["app1"].raw["stop_grace_period"]) >= 40


# -- the image -----------------------------------------------------------------------------------------------------------------------


def test_what_the_image_is_made_of_is_let_into_the_build() -> None:
    rows = [
        row.strip() for row in (ROOT / ".dockerignore").read_text(encoding="utf8").splitlines() if row.strip() and not row.startswith("#")
    ]

    def let_in(path: str) -> bool:
        found = True
        for row in rows:
            pattern = row.removeprefix("!")
            parts = path.split("/")
            if any(fnmatch("/".join(parts[: i + 1]), pattern) for i in range(len(parts))):
                found = row.startswith("!")
        return found

    text = (DEPLOY / "Dockerfile").read_text(encoding="utf8")
    copied = [part for row in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for part in row.split()[:-1]]
    assert len(copied) > 10
    for path in copied:
        assert let_in(path.replace("model[s]", "models")), f"{path} is copied, and kept out"
        assert (ROOT / path.replace("model[s]", ".")).exists(), f"{path} is copied, and not there"
    for path in (".env", ".git", "deploy/.env", "deploy/lokaal", ".venv", "tests", "widget", "docs"):
        assert not let_in(path), f"{path} does not belong in a build"


def test_the_image_is_run_by_an_ordinary_user_and_needs_no_network() -> None:
    made = image()
    assert made.user == "10001:10001"
    assert made.stop_signal == "SIGTERM"
    assert made.command == ["/app/.venv/bin/python", "-m", "bot.server"]
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf8")
    last = text[text.rindex("\nFROM ") :]
    assert "USER 10001" in last and last.index("USER 10001") < last.index('CMD ["/app')
    for word in ("pip", "uv ", "curl", "wget", "ADD "):
        assert word not in last.replace("python3.10", ""), f"{word} in the image that runs"
    # the packages are those of the lock file, none newer
    assert re.search(r"uv sync --frozen --no-dev", text)


# -- the variables -------------------------------------------------------------------------------------------------------------------


def test_every_variable_of_the_app_can_be_set_in_each_set_up_and_no_other(services: dict[str, Service]) -> None:
    known = set(VARIABLES)
    for name in WORKERS:
        assert set(services[name].environment) == known - CHOSEN
    assert names_in_env(DEPLOY / "systemd" / "routekaart.env.voorbeeld") == known
    assert set(container_env(pods()["app"])) - OWN_NAMES == known - CHOSEN
    assert set(image().env) - PLATFORM <= known
    unit = (DEPLOY / "systemd" / "routekaart@.service").read_text(encoding="utf8")
    assert set(re.findall(r"([A-Z][A-Z0-9_]+)=", unit.split("Environment=")[1].splitlines()[0])) <= PLATFORM


def test_begin_makes_what_the_app_takes(services: dict[str, Service], installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = read_env(installation / ".env")
    secrets = [value for name, value in env.items() if name not in ("NAAM", "VERSIE")]
    assert len(secrets) == len(set(secrets)) == 7 and all(len(value) >= 43 for value in secrets)
    for given in (services["app1"].environment, read_env(installation / "lokaal" / "routekaart.env")):
        # the folder is the host's; here it is not mounted
        there = {k: v for k, v in given.items() if k != "ROUTEKAART_CLOSED_FILE"}
        settings = Settings.from_environment(there)
        assert settings.proxies == 1 and settings.secret == env["ROUTEKAART_SECRET"]
        assert "%" not in "".join(there.values())
    from bot.server.links import Keys

    monkeypatch.setenv("ROUTEKAART_LINK_KEYS", env["ROUTEKAART_LINK_KEYS"])
    assert Keys.from_environment()


def test_begin_keeps_secrets_from_others_and_overwrites_nothing(tmp_path: Path) -> None:
    made = begin(tmp_path / "een")
    assert (made / ".env").stat().st_mode & 0o077 == 0
    assert (made / "lokaal").stat().st_mode & 0o077 == 0
    assert (made / "lokaal" / "routekaart.env").stat().st_mode & 0o077 == 0
    before = {path: path.read_bytes() for path in sorted((made / "lokaal").rglob("*")) if path.is_file()} | {
        made / ".env": (made / ".env").read_bytes()
    }
    subprocess.run(["sh", str(made / "begin.sh"), "routekaart.example"], check=True, capture_output=True)
    assert before == {path: path.read_bytes() for path in before}
    for wrong in ("andere.example", "https://routekaart.example", "a;b", "-x", ""):
        assert subprocess.run(["sh", str(made / "begin.sh"), wrong], capture_output=True, check=False).returncode != 0, wrong
    assert before == {path: path.read_bytes() for path in before}


def test_no_secret_stands_in_the_repository() -> None:
    kept = (DEPLOY / ".gitignore").read_text(encoding="utf8").split()
    assert {".env", "lokaal/"} <= set(kept)
    for path in DEPLOY.rglob("*"):
        if path.is_file() and "lokaal" not in path.parts and path.name != ".env":
            text = path.read_text(encoding="utf8")
            assert "PRIVATE KEY" not in text, path
            assert not re.search(r"(?i)(?:password|wachtwoord|secret|token)[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9_-]{20,}", text), path


# -- Kubernetes ----------------------------------------------------------------------------------------------------------------------

#: a pod, and the service of the compose file that it is the same as
SAME = {"app": "app1", "redis": "redis", "postgres": "postgres", "proxy": "proxy"}


def test_every_pod_is_confined() -> None:
    for name, pod in pods().items():
        of_pod, container = pod["securityContext"], pod["containers"][0]
        assert len(pod["containers"]) == 1 and "initContainers" not in pod
        assert pod["automountServiceAccountToken"] is False, name
        assert of_pod["runAsNonRoot"] is True and of_pod["seccompProfile"]["type"] == "RuntimeDefault", name
        assert container["securityContext"] == {
            "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
        }, name  # fmt: skip
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod), name
        assert container["resources"]["limits"]["memory"], name
        for volume in pod["volumes"]:
            assert "hostPath" not in volume, (name, volume)
            if "emptyDir" in volume:
                assert volume["emptyDir"]["medium"] == "Memory" and volume["emptyDir"]["sizeLimit"], (name, volume)


def test_the_manifests_agree_with_the_compose_file(services: dict[str, Service]) -> None:
    assert set(pods()) == set(SAME)
    for name, pod in pods().items():
        service, container = services[SAME[name]], pod["containers"][0]
        assert container["image"] == str(service.raw["image"]), name
        assert (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]) == service.ids, name
        assert size(container["resources"]["limits"]["memory"]) == service.memory, name
        assert [*container.get("command", ()), *container.get("args", ())] == service.argv, name
        assert pod["terminationGracePeriodSeconds"] >= seconds(service.raw["stop_grace_period"]), name
        memory = {v["name"]: size(v["emptyDir"]["sizeLimit"]) for v in pod["volumes"] if "emptyDir" in v}
        mounted = {m["mountPath"]: memory[m["name"]] for m in container["volumeMounts"] if m["name"] in memory}
        assert mounted == {where: size(re.findall(r"size=(\w+)", how)[0]) for where, how in service.tmpfs}, name


def test_the_settings_of_the_pods_are_those_of_the_compose_file(services: dict[str, Service], installation: Path) -> None:
    env = read_env(installation / ".env")
    given = {k: v if isinstance(v, str) else env.get(v["secretKeyRef"]["key"], "") for k, v in container_env(pods()["app"]).items()}
    filled = {k: re.sub(r"\$\(([A-Z_]+)\)", lambda found: given[found.group(1)], v) for k, v in given.items()}
    assert {k: v for k, v in filled.items() if k not in OWN_NAMES} == services["app1"].environment
    # a variable is filled in from those before it, never from one below
    order = list(given)
    for name, value in given.items():
        assert all(order.index(used) < order.index(name) for used in re.findall(r"\$\(([A-Z_]+)\)", value)), name
    database = {k: v for k, v in container_env(pods()["postgres"]).items() if k != "PGDATA"}
    assert database == services["postgres"].environment


def test_probes_ask_whether_it_is_alive_so_that_help_stays_reachable() -> None:
    container = pods()["app"]["containers"][0]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/healthz", "port": "http"}, probe
    assert container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"] >= 120
    for name, pod in pods().items():
        assert {"readinessProbe", "livenessProbe"} <= set(pod["containers"][0]), name


def test_everything_that_a_pod_mounts_is_made_somewhere() -> None:
    kustomization = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text(encoding="utf8"))
    made: dict[str, set[str]] = {}
    for row in kustomization["configMapGenerator"]:
        made[row["name"]] = {part.split("=")[0] if "=" in part else Path(part).name for part in row["files"]}
        for part in row["files"]:
            path = DEPLOY / part.split("=")[-1]
            assert path.exists() or "lokaal/" in part, f"{part} is not there"
    assert sorted(kustomization["resources"]) == sorted(f"kubernetes/{path.name}" for path in (DEPLOY / "kubernetes").glob("*.yml"))
    handbook = (ROOT / "docs" / "installeren.md").read_text(encoding="utf8")

    def check(source: dict[str, Any]) -> None:
        if "configMap" in source and not source["configMap"].get("optional"):
            assert {item["key"] for item in source["configMap"].get("items", ())} <= made[source["configMap"]["name"]]
        if "secret" in source:
            name = source["secret"].get("secretName") or source["secret"]["name"]
            assert f"create secret generic {name}" in handbook or f"create secret tls {name}" in handbook, (
                f"nothing tells how to make {name}"
            )

    for pod in pods().values():
        for volume in pod["volumes"]:
            for source in volume.get("projected", {}).get("sources", [volume]):
                check(source)


def test_only_who_has_to_may_reach_a_pod() -> None:
    policies = {row["metadata"]["name"]: row["spec"] for row in manifests() if row["kind"] == "NetworkPolicy"}
    assert policies["niets"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    component = "app.kubernetes.io/component"

    def reached(name: str, way: str, end: str) -> set[str]:
        peers = [peer for rule in policies[name].get(way, ()) for peer in rule.get(end, ())]
        return {peer["podSelector"]["matchLabels"][component] for peer in peers if "podSelector" in peer}

    assert reached("proxy", "egress", "to") == {"app"}
    assert reached("app", "ingress", "from") == {"proxy"}
    assert reached("app", "egress", "to") == {"redis", "postgres"}
    for name in ("redis", "postgres"):
        assert reached(name, "ingress", "from") == {"app"} and "egress" not in policies[name]


def test_one_service_is_open_to_the_world() -> None:
    kinds = {row["metadata"]["name"]: row["spec"].get("type", "ClusterIP") for row in manifests() if row["kind"] == "Service"}
    assert {name for name, kind in kinds.items() if kind != "ClusterIP"} == {"proxy"}


# -- the proxy -----------------------------------------------------------------------------------------------------------------------


def directives(name: str) -> dict[str, list[str]]:
    """Directive -> what it says, each time, of a file of the proxy (without regard to blocks)."""
    text = re.sub(r"^\s*#.*$", "", (DEPLOY / "nginx" / name).read_text(encoding="utf8"), flags=re.MULTILINE)
    found: dict[str, list[str]] = {}
    for word, rest in re.findall(r"^\s*([a-z_]+)\s+([^;{]+);", text, re.MULTILINE):
        found.setdefault(word, []).append(rest)
    return found


def test_a_body_is_never_on_disk_and_fits_what_the_app_takes() -> None:
    general = directives("nginx.conf")
    limit = size(general["client_max_body_size"][0])
    assert limit == size(general["client_body_buffer_size"][0]), "a body that does not fit in the buffer is written to a file"
    assert limit > BODY_LIMIT, "what is too long is told by the app, in its own words"
    assert general["client_body_in_file_only"] == ["off"] and general["proxy_max_temp_file_size"] == ["0"]
    for name in general:
        if name.endswith("temp_path"):
            assert general[name][0].startswith("/tmp/"), name
    assert "proxy_cache" not in general | directives("routekaart.conf")


def test_no_log_of_the_proxy_can_tell_who_did_what() -> None:
    general = directives("nginx.conf")
    assert general["error_log"] == ["stderr notice", "stderr emerg"], "messages about requests name addresses; only those without may be on"
    text = (DEPLOY / "nginx" / "nginx.conf").read_text(encoding="utf8")
    assert text.index("error_log stderr emerg") > text.index("http {") > text.index("error_log stderr notice")
    form = re.search(r"^\s*log_format storing escape=json '([^']+)';$", text, re.MULTILINE)
    assert form
    assert set(re.findall(r"\$(\w+)", form.group(1))) == {"time_iso8601", "status", "deel", "request_time", "upstream_status"}
    for path in sorted((DEPLOY / "nginx" / "plaats").glob("*.conf")):
        rows = directives(f"plaats/{path.name}")["access_log"]
        assert all(row == "off" or row.endswith("storing if=$storing") for row in rows), path


def test_what_is_not_for_outside_stays_inside() -> None:
    text = (DEPLOY / "nginx" / "routekaart.conf").read_text(encoding="utf8")
    blocked = re.search(r"location ~ (\S+) \{\s*return 404;", text)
    assert blocked
    pattern = re.compile(blocked.group(1))
    for path in (*API, "/metrics", "/healthz", "/readyz", "/webhooks/rest/webhook", "/webhooks"):
        assert pattern.search(path), path
    for path in ("/", "/gesprek", "/gesprek/zeg", "/static/widget/routekaart-chat.js", "/l/abc", "/monitor", "/routekaart", "/kindcheck"):
        assert not pattern.search(path), path


def test_the_address_of_a_visitor_is_written_anew() -> None:
    rows = dict(row.split(None, 1) for row in directives("routekaart.conf")["proxy_set_header"])
    assert rows["X-Forwarded-For"] == "$remote_addr"
    assert rows["Forwarded"] == rows["X-Real-IP"] == rows["X-Forwarded-Host"] == rows["Cookie"] == rows["Referer"] == '""'


@pytest.mark.parametrize("place", ["compose", "kubernetes", "systemd"])
def test_every_place_listens_redirects_and_turns_other_names_away(place: str) -> None:
    rows = directives(f"plaats/{place}.conf")
    assert rows["include"] == ["site.conf", "routekaart.conf"]
    assert rows["return"] == ["301 https://$host$request_uri", "204", "421"]
    assert len(rows["server"]) == 2, "two to ask, so that another is asked when one is gone"


def test_the_pages_of_the_proxy_are_made_of_the_words_of_content() -> None:
    assert proxy_pages.main(["--check"]) == 0, "python -m tools.proxy_pages"
    for page in proxy_pages.pages().values():
        assert "112" in page and "0800-2000" in page
        assert "<script" not in page and "src=" not in page and "http" not in re.sub(r"<!doctype html>", "", page)
    shown = set(re.findall(r"/_proxy/(\w+\.html)", (DEPLOY / "nginx" / "routekaart.conf").read_text(encoding="utf8")))
    assert shown == set(proxy_pages.pages())


# -- Redis and PostgreSQL ------------------------------------------------------------------------------------------------------------


def test_redis_keeps_nothing_on_disk_and_logs_no_content() -> None:
    rows = dict(row.split(None, 1) for row in (DEPLOY / "redis.conf").read_text(encoding="utf8").splitlines() if row and row[0] != "#")
    assert rows["save"] == '""' and rows["appendonly"] == "no"
    assert rows["shutdown-on-sigterm"] == rows["shutdown-on-sigint"] == "nosave"
    assert rows["slowlog-max-len"] == "0" and rows["slowlog-log-slower-than"] == "-1"
    assert rows["crash-log-enabled"] == "no" and rows["loglevel"] in ("notice", "warning")
    assert rows["maxmemory-policy"] == "noeviction", "a conversation must not vanish to make room for another"
    assert rows["bind"] == "127.0.0.1" and rows["aclfile"]


def test_redis_has_room_for_what_it_may_hold(services: dict[str, Service]) -> None:
    rows = dict(row.split(None, 1) for row in (DEPLOY / "redis.conf").read_text(encoding="utf8").splitlines() if row and row[0] != "#")
    assert size(rows["maxmemory"].removesuffix("b")) * 1.25 <= services["redis"].memory


def test_postgres_logs_no_statement(services: dict[str, Service]) -> None:
    flags = dict(part.removeprefix("--").split("=", 1) for part in services["postgres"].argv[1:])
    assert flags["log_statement"] == "none" and flags["log_min_error_statement"] == "panic" and flags["log_error_verbosity"] == "terse"
    assert flags["log_parameter_max_length"] == flags["log_parameter_max_length_on_error"] == "0"
    assert flags["log_min_duration_statement"] == "-1"
    text = (DEPLOY / "postgres" / "routekaart.conf").read_text(encoding="utf8")
    assert dict(re.findall(r"^(\w+) = (\S+)$", text, re.MULTILINE)) == flags, "without containers it is the same"


# -- systemd -------------------------------------------------------------------------------------------------------------------------


def test_the_units_are_confined_as_the_containers_are(services: dict[str, Service]) -> None:
    for unit, service in (("routekaart@.service", services["app1"]), ("routekaart-proxy.service", services["proxy"])):
        text = (DEPLOY / "systemd" / unit).read_text(encoding="utf8")
        rows = dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))
        assert rows["User"] != "root" and rows["NoNewPrivileges"] == "yes" and rows["ProtectSystem"] == "strict", unit
        assert size(rows["MemoryMax"]) == service.memory and rows["MemorySwapMax"] == "0", unit
        assert int(rows["TasksMax"]) == service.raw["pids_limit"] and rows["LimitCORE"] == "0", unit
        assert float(rows["TimeoutStopSec"]) == seconds(service.raw["stop_grace_period"]), unit
        assert rows["KillSignal"].removeprefix("SIG") == service.stop_signal, unit
        room = re.findall(r"size=([0-9]+)m", service.tmpfs[0][1])[0]
        assert f"/tmp:size={room}M," in rows["TemporaryFileSystem"], unit
    worker = (DEPLOY / "systemd" / "routekaart@.service").read_text(encoding="utf8")
    assert "IPAddressDeny=any\nIPAddressAllow=localhost" in worker
