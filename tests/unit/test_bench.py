"""The bench without a server: its figures, its journey, its tables, its codes, and that children end. No time is asserted."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]
import pytest
import yaml

from tools import bench, bench_floor, bench_load, bench_models, bench_report, bench_servers
from tools.bench_load import BenchError, Load, NoAnswer, Sample, Target, Turn
from tools.bench_models import Training
from tools.bench_report import FLOOR, OURS, STOCK, Result

# -- figures ---------------------------------------------------------------------------------------------------------------------


def test_figures_of_a_load() -> None:
    samples = (
        Sample(0.010, size=100),
        Sample(0.020, size=300, button=True, card=True),
        Sample(0.030, size=2, empty=True),
        Sample(60.0, error="TimeoutError"),
    )
    found = bench_load.figures(Load(users=2, rounds=1, samples=samples, seconds=0.5))
    assert (found.turns, found.errors, found.empty, found.cards, found.journeys) == (4, 1, 1, 1, 2)
    assert found.p50 == pytest.approx(20)
    assert found.p95 == pytest.approx(30)
    assert found.p50_typed == pytest.approx(10)
    assert found.p50_button == pytest.approx(20)
    assert found.per_second == pytest.approx(6)
    assert found.reply_bytes == pytest.approx(134)


def test_figures_of_nothing_have_no_value() -> None:
    found = bench_load.figures(Load(users=1, rounds=1, samples=(Sample(1.0, error="status 500"),), seconds=1.0))
    assert (found.p50, found.p95, found.per_second, found.reply_bytes) == (None, None, None, None)
    assert found.errors == 1


# -- the journey -----------------------------------------------------------------------------------------------------------------


def payload(question: str, option: str) -> str:
    return "/antwoord" + json.dumps({question: option}, separators=(",", ":"))


def asks(question: str, *options: str) -> dict[str, Any]:
    return {
        "text": question,
        "custom": {"type": "vraag", "id": question, "opties": [{"id": o, "titel": o, "payload": payload(question, o)} for o in options]},
        "buttons": [{"title": option, "payload": payload(question, option)} for option in options],
    }


class Scripted(Target):
    """A target that gives the replies of a list, whatever is sent."""

    def __init__(self, *replies: list[dict[str, Any]]) -> None:
        super().__init__("http://127.0.0.1:0")
        object.__setattr__(self, "replies", list(replies))
        object.__setattr__(self, "sent", [])

    def post(self, sender: str, message: str) -> bytes:
        self.__dict__["sent"].append(message)
        replies = self.__dict__["replies"]
        return json.dumps(replies.pop(0) if len(replies) > 1 else replies[0]).encode()


CARD = {"text": "kaart", "custom": {"type": "routekaart"}}
CARD_WITH_MORE = CARD | {"buttons": [{"title": "a", "payload": "/vraag_a"}, {"title": "b", "payload": "/vraag_b"}]}


def test_the_journey_takes_its_payloads_from_the_buttons() -> None:
    target = Scripted(
        [{"text": "opening"}],
        [{"text": "erken"}, asks("bevestig_signalen", "ja", "nee")],
        [asks("rol", "leerkracht", "huisarts")],
        [asks("acuut", "ja", "nee")],
        [asks("structureel", "ja", "nee", "weet_niet")],
        [{"text": "antwoord", "custom": {"type": "antwoord"}}, asks("structureel", "ja", "nee", "weet_niet")],
        [asks("leeftijd", "0-3", "weet_niet")],
        [asks("steun", "vier", "vijf")],
        [CARD_WITH_MORE],
        [{"text": "antwoord", "custom": {"type": "antwoord"}}],
        [{"text": "dank"}],
    )
    turns = bench_load.record(target, "x")
    assert [turn.text for turn in turns] == [
        bench_load.HELLO,
        bench_load.STORY,
        payload("bevestig_signalen", "ja"),
        payload("rol", "leerkracht"),
        "nee hoor",
        bench_load.QUESTION,
        payload("structureel", "nee"),
        payload("leeftijd", "weet_niet"),
        payload("steun", "vier"),
        "/vraag_a",
        bench_load.THANKS,
    ]
    assert [turn.text for turn in turns] == target.__dict__["sent"]
    assert sum(turn.button for turn in turns) == 6
    assert all(turn.size > 0 for turn in turns)


def test_signs_that_ask_are_confirmed() -> None:
    signs = {"text": "x", "custom": {"type": "signalen"}, "buttons": [{"title": "Klopt", "payload": payload("bevestig_signalen", "ja")}]}
    assert bench_load.open_question([signs]) == "bevestig_signalen"
    assert bench_load.answer_to("bevestig_signalen", [signs]) == payload("bevestig_signalen", "ja")


@pytest.mark.parametrize(
    "replies",
    [
        ([asks("leeftijd", "0-3", "weet_niet")],),  # goes round for ever
        ([{"text": "zomaar"}],),  # no question
        ([],),  # nothing
        ([asks("rol", "iets_anders")],),  # the option is not offered
        ([{"text": "x", "custom": {"type": "vraag", "id": "steun"}}],),  # no buttons
        ([CARD],),  # a card at once: too short to measure
    ],
)
def test_a_journey_that_says_nothing_is_an_error(replies: tuple[list[dict[str, Any]]]) -> None:
    with pytest.raises(BenchError, match="recording the journey"):
        bench_load.record(Scripted(*replies), "x")


@pytest.mark.parametrize(
    ("text", "found"), [(payload("rol", "x"), {"rol": "x"}), ("/stoppen", {}), ("/a{x}", {}), ("tekst", {}), ("/a[1]", {})]
)
def test_what_a_payload_chooses(text: str, found: dict[str, str]) -> None:
    assert bench_load.chosen_by(text) == found


@pytest.mark.parametrize("body", [b"", b"x", b"{}", b'["a"]'])
def test_an_answer_that_is_no_reply(body: bytes) -> None:
    with pytest.raises(NoAnswer):
        bench_load.reply_of(body)


# -- many users ------------------------------------------------------------------------------------------------------------------

TURNS = (Turn("hallo", 10), Turn("/stoppen", 10))


def test_every_user_walks_every_round_in_a_conversation_of_its_own() -> None:
    seen: list[tuple[str, str]] = []

    def post(sender: str, message: str) -> bytes:
        seen.append((sender, message))
        return json.dumps([CARD] if message == "hallo" else []).encode()

    load = bench_load.run_load(post, TURNS, users=3, rounds=2, prefix="p")
    assert len(load.samples) == len(seen) == 3 * 2 * 2
    assert len({sender for sender, _ in seen}) == 6
    found = bench_load.figures(load)
    assert (found.cards, found.journeys, found.empty, found.errors) == (6, 6, 6, 0)


def test_a_dead_server_ends_the_load_early() -> None:
    asked = 0

    def post(sender: str, message: str) -> bytes:
        nonlocal asked
        asked += 1
        raise NoAnswer("status 500")

    with pytest.raises(BenchError, match="status 500"):
        bench_load.run_load(post, TURNS, users=2, rounds=500, prefix="p")
    assert asked <= 4 * bench_load.ERRORS_IN_A_ROW


def test_a_single_error_is_counted() -> None:
    def post(sender: str, message: str) -> bytes:
        if message == "hallo":
            raise NoAnswer("TimeoutError")
        return b'[{"text": "x"}]'

    found = bench_load.figures(bench_load.run_load(post, TURNS, users=1, rounds=20, prefix="p"))
    assert (found.errors, found.turns) == (20, 40)


def test_nobody_listens() -> None:
    with pytest.raises(NoAnswer, match="ConnectionRefusedError"):
        Target(f"http://127.0.0.1:{bench_servers.free_port()}").say("x", "y")


# -- models ----------------------------------------------------------------------------------------------------------------------


def test_stock_is_the_default_of_rasa() -> None:
    """The components and options are those of `rasa init` (the file that Rasa itself fills in), with this project's RulePolicy."""
    import rasa.engine.recipes as recipes

    default = yaml.safe_load((Path(recipes.__file__).parent / "config_files" / "default_config.yml").read_text(encoding="utf8"))
    own = {"policies": [{"name": "Other"}, {"name": "RulePolicy", "core_fallback_action_name": "action_x", "core_fallback_threshold": 0.3}]}
    stock = yaml.safe_load(bench_models.default_config(own, 100))
    assert stock["language"] == "nl"
    assert stock["pipeline"] == default["pipeline"]
    assert [policy for policy in stock["policies"] if policy["name"] != "RulePolicy"] == [
        policy for policy in default["policies"] if policy["name"] != "RulePolicy"
    ]
    assert own["policies"][1] in stock["policies"]


def test_fewer_epochs_change_nothing_else() -> None:
    own = {"policies": [{"name": "RulePolicy"}]}
    assert bench_models.default_config(own, 5).replace("epochs: 5\n", "epochs: 100\n") == bench_models.default_config(own, 100)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "data" / "nlu").mkdir(parents=True)
    (root / "domain.yml").write_text("intents: []\n")
    (root / "data" / "nlu" / "a.yml").write_text("nlu: []\n")
    return root


def test_the_hash_follows_the_content(tree: Path) -> None:
    first = bench_models.content_hash(tree, "a: 1")
    assert bench_models.content_hash(tree, "a: 1") == first
    assert bench_models.content_hash(tree, "a: 2") != first
    (tree / "data" / "nlu" / "a.yml").write_text("nlu: [1]\n")
    second = bench_models.content_hash(tree, "a: 1")
    (tree / "domain.yml").write_text("intents: [a]\n")
    assert len({first, second, bench_models.content_hash(tree, "a: 1")}) == 3


def test_the_stock_project_stands_outside_the_tree(tree: Path) -> None:
    with bench_models.project("language: nl\n", "action_endpoint: {}\n", tree) as folder:
        assert tree not in folder.parents
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        assert names == ["config.yml", "credentials.yml", "data/nlu/a.yml", "domain.yml", "endpoints.yml"]
        assert yaml.safe_load((folder / "credentials.yml").read_text()) == {"rest": None}
    assert not folder.exists()


def test_a_kept_training_says_that_it_is_older(tmp_path: Path) -> None:
    record = tmp_path / "deep" / "x.json"
    assert bench_models.read_training(record) is None
    bench_models.write_training(record, Training(61.5, 1000, "2026-01-02"))
    assert bench_models.read_training(record) == Training(61.5, 1000, "2026-01-02", earlier=True)
    record.write_text("{}")
    assert bench_models.read_training(record) is None


# -- servers ---------------------------------------------------------------------------------------------------------------------


def test_only_codes_of_a_log_are_shown() -> None:
    log = """2026-01-01 10:00:00 INFO     rasa.core.processor  - geheim
2026-01-01 10:00:00 ERROR    rasa.core.channels.rest  - An exception on 'geheim'
Traceback (most recent call last):
  File "/geheim/x.py", line 1, in geheim
    raise ValueError("geheim")
rasa.shared.exceptions.RasaException: geheim /geheim
2026-01-01 10:00:00,1 WARNING routekaart.server line 3 ValueError
ERROR geheim
geheim
NotImplementedError: geheim
"""
    found = bench_servers.codes(log)
    assert found == ["ERROR rasa.core.channels.rest", "RasaException", "WARNING routekaart.server", "ERROR", "NotImplementedError"]
    assert "geheim" not in " ".join(found)


def test_children_listen_on_loopback_and_know_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROUTEKAART_API_TOKEN", "PORT", "SANIC_WORKERS", "LOG_LEVEL"):
        monkeypatch.setenv(name, "9")
    env = bench_servers.environment()
    assert not {"ROUTEKAART_API_TOKEN", "PORT", "SANIC_WORKERS", "LOG_LEVEL"} & env.keys()
    assert (env["SANIC_HOST"], env["RASA_TELEMETRY_ENABLED"]) == ("127.0.0.1", "false")
    assert bench_servers.environment(ROUTEKAART_API_TOKEN="t")["ROUTEKAART_API_TOKEN"] == "t"


#: a child that starts a child, works a little, says both ids, and will not end when asked kindly
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
while time.process_time() < 0.2:
    pass
open(sys.argv[1], "w").write(f"{os.getpid()} {inner.pid}")
time.sleep(60)
"""


@pytest.fixture
def stubborn(tmp_path: Path) -> tuple[list[str], Path]:
    script, said = tmp_path / "stubborn.py", tmp_path / "ids"
    script.write_text(STUBBORN)
    return [str(script), str(said)], said


def soon(true: Callable[[], bool]) -> bool:
    """Whether something becomes true within the time that a busy machine may take."""
    deadline = time.monotonic() + 20
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def ids(said: Path) -> list[int]:
    """The processes that the child wrote down."""
    assert soon(lambda: said.exists() and len(said.read_text().split()) == 2)
    return [int(pid) for pid in said.read_text().split()]


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.parametrize("ending", [BenchError("x"), KeyboardInterrupt(), SystemExit(143)])
def test_children_and_theirs_end_whatever_happens(
    ending: BaseException, stubborn: tuple[list[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, said = stubborn
    stop = bench_servers.stop
    monkeypatch.setattr(bench_servers, "stop", lambda process: stop(process, patience=0.5))
    pids: list[int] = []

    def run() -> None:
        with bench_servers.child("x", arguments, tmp_path, bench_servers.environment()) as running:
            pids.extend(ids(said))
            assert pids[0] == running.process.pid
            outer = psutil.Process(pids[0])
            assert soon(lambda: bench_servers.memory([running]) > outer.memory_info().rss + 1_000_000)
            assert soon(lambda: bench_servers.cpu_seconds([running]) > 0)
            raise ending

    before = signal.getsignal(signal.SIGINT)  # what runs the tests in the background may have set it to be ignored
    with pytest.raises(type(ending)):
        run()
    assert len(pids) == 2
    assert soon(lambda: not any(map(lives, pids)))  # what was killed may take a moment to be gone
    assert signal.getsignal(signal.SIGINT) is before


def test_a_child_that_fails_is_named_with_codes_only(tmp_path: Path) -> None:
    with pytest.raises(BenchError) as error:
        bench_servers.run_to_end("the step", ["-c", "raise ValueError('geheim')"], tmp_path, bench_servers.environment(), 60)
    assert str(error.value).splitlines() == ["the step: failed (exit code 1)", "  the step: ValueError"]


def test_a_child_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="not done within"):
        bench_servers.run_to_end("the step", ["-c", "import time; time.sleep(60)"], tmp_path, bench_servers.environment(), 0.2)


def test_a_long_step_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench_servers, "PROGRESS_SECONDS", 0.3)
    bar = r"import time; print('Epochs:  0%|   | 0/5 [00:00<?]\rEpochs: 40%|██ | 2/5 [01:15<01:49, t_loss=5]'); time.sleep(1.5)"
    env = bench_servers.environment(PYTHONIOENCODING="utf8")
    assert bench_servers.run_to_end("the step", ["-c", bar], tmp_path, env, 60) > 1
    assert "the step: 0 min, epoch 2 of 5" in capsys.readouterr().out


def test_a_server_that_ends_at_once_is_an_error(tmp_path: Path) -> None:
    with bench_servers.child("x", ["-c", "raise SystemExit(3)"], tmp_path, bench_servers.environment()) as running:
        running.process.wait(60)
        with pytest.raises(BenchError, match=r"x: stopped \(exit code 3\)"):
            bench_servers.wait_until_ready(Target("http://127.0.0.1:1"), [running], time.perf_counter())


def test_the_floor_answers_as_many_bytes() -> None:
    for size in (200, 5000):
        body = json.dumps(bench_floor.reply_like(size), separators=(",", ":"))
        assert abs(len(body) - size) < 60


def test_the_floor_is_measured_with_real_requests() -> None:
    turns = (Turn("hallo", 400), Turn('/antwoord{"rol":"x"}', 4000))
    with bench.floor_system(turns) as floor:
        (result,) = bench.measure([floor], turns, users=(1, 2), rounds=2)
    assert floor.ready > 0
    assert [(f.users, f.turns, f.errors, f.empty) for f in result.loads] == [(1, 4, 0, 0), (2, 8, 0, 0)]
    assert result.loads[0].reply_bytes == pytest.approx(2200, abs=60)
    assert result.memory > 1_000_000


# -- the report ------------------------------------------------------------------------------------------------------------------


def some_results() -> list[Result]:
    def loads(ms: float) -> tuple[bench_load.Figures, ...]:
        samples = tuple(Sample(ms / 1000, size=1500, card=True) for _ in range(4))
        return tuple(bench_load.figures(Load(users, 4 // users, samples, 4 * ms / 1000)) for users in (1, 2))

    return [
        Result(OURS, loads(10), 500_000_000, 8.0, Training(60, 2_000_000, "2026-01-02"), 2_000_000),
        Result(STOCK, loads(40), 1_000_000_000, 16.0, Training(600, 40_000_000, "2026-01-01", earlier=True), 40_000_000),
        Result(FLOOR, loads(1), 40_000_000, 0.3),
    ]


def test_ratios_are_ours_divided_by_stock() -> None:
    ours, stock, _ = some_results()
    rows = {row[0]: row[1:] for row in bench_report.ratios_table(ours, stock)}
    assert rows["p50 ms, 1 user"] == ("10.0", "40.0", "0.25", "lower")
    assert rows["turns/s, 2 users"] == ("100", "25.0", "4.00", "higher")
    assert rows["memory MB"][2] == "0.50"
    assert rows["train s"][2] == "0.10"
    assert rows["model MB"] == ("2.00", "40.0", "0.05", "lower")


def test_a_ratio_with_nothing_has_no_value() -> None:
    assert bench_report.ratio(None, 1.0) == bench_report.ratio(1.0, None) == bench_report.ratio(1.0, 0.0) == "-"
    assert bench_report.number(None) == "-"


def test_tables_are_aligned() -> None:
    for table in (bench_report.turns_table(some_results()), bench_report.costs_table(some_results())):
        lines = bench_report.aligned(table, markdown=True).splitlines()
        assert len(lines) == len(table) + 1
        assert len({len(line) for line in lines}) == 1
        assert len(bench_report.aligned(table).splitlines()) == len(table)


def test_the_page_says_where_when_and_what_without_paths() -> None:
    turns = [Turn("hallo daar", 100), Turn(payload("rol", "leerkracht"), 100)]
    where = bench_report.machine("2026-01-03")
    page = bench_report.page(where, "python -m tools.bench", some_results(), turns, 100, [])
    for part in (
        "2026-01-03",
        "python -m tools.bench",
        f"{where.cores} cores",
        "rasa 3.6.21",
        "earlier run, 2026-01-01",
        "hallo daar",
        "0.25",
    ):
        assert part in page
    for path in (str(bench_servers.ROOT), str(Path.home()), sys.prefix, "/tmp/"):
        assert path == "/" or path not in page
    assert "this run" in page
    assert "{" not in page.replace(payload("rol", "leerkracht"), "")
    assert "QUICK" in bench_report.terminal(where, "x", some_results(), ["QUICK RUN"])


# -- the command -----------------------------------------------------------------------------------------------------------------


def test_options() -> None:
    assert (bench.parse([]).users, bench.parse([]).rounds, bench.parse([]).quick) == (bench.USERS, bench.ROUNDS, False)
    assert bench.parse(["--users", "4,1,4", "--rounds", "3"]).users == (4, 1)
    assert bench.parse(["--quick"]).rounds == bench.QUICK_ROUNDS
    for wrong in (["--users", "0"], ["--users", "1,x"], ["--users", ""], ["--rounds", "0"], ["--rounds", "-1"], ["--users", "1000"]):
        with pytest.raises(SystemExit) as error:
            bench.parse(wrong)
        assert error.value.code == 2


@pytest.mark.parametrize(("error", "code"), [(BenchError("x: failed"), 1), (KeyboardInterrupt(), 130)])
def test_a_failure_is_a_message_and_a_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(bench, "bench", fails)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        assert bench.main(["--quick"]) == code
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert "Bench stopped" in capsys.readouterr().err


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The bench with systems that only say when they start and end."""
    said: list[str] = []

    def system(name: str) -> Any:
        @contextmanager
        def running(*_: object) -> Iterator[bench.System]:
            said.append(f"start {name}")
            try:
                yield bench.System(name, Target("http://127.0.0.1:0"), [], 1.0)
            finally:
                said.append(f"end {name}")

        return running

    monkeypatch.setattr(bench, "stock_model", lambda epochs: (tmp_path, Training(1, 1, str(epochs))))
    monkeypatch.setattr(bench, "own_model", lambda: tmp_path)
    monkeypatch.setattr(bench, "own_training", lambda measure: None)
    monkeypatch.setattr(bench, "run_to_end", lambda *_: 0.0)
    monkeypatch.setattr(bench, "record", lambda *_: TURNS)
    monkeypatch.setattr(bench, "measure", lambda *_: some_results())
    for name, made in (("own_system", OURS), ("stock_system", STOCK), ("floor_system", FLOOR)):
        monkeypatch.setattr(bench, name, system(made))
    return said


def test_a_quick_run_writes_no_page(staged: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = bench.PAGE.read_bytes() if bench.PAGE.exists() else None
    bench.bench((1, 2), 2, True, "python -m tools.bench --quick")
    assert (bench.PAGE.read_bytes() if bench.PAGE.exists() else None) == before
    out = capsys.readouterr().out
    assert "QUICK RUN" in out
    assert "5 epochs" in out
    assert staged == [
        f"{what} {name}" for what, name in zip(["start"] * 3 + ["end"] * 3, [OURS, STOCK, FLOOR, FLOOR, STOCK, OURS], strict=True)
    ]


@pytest.mark.parametrize("error", [BenchError("x"), KeyboardInterrupt(), SystemExit(143)])
def test_what_was_started_ends_when_measuring_fails(error: BaseException, staged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(bench, "measure", fails)
    with pytest.raises(type(error)):
        bench.bench((1,), 1, True, "x")
    assert sum(line.startswith("end") for line in staged) == 3


def test_without_a_model_nothing_is_trained_or_started(staged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def no_model() -> Path:
        raise BenchError("run make train")

    monkeypatch.setattr(bench, "own_model", no_model)
    monkeypatch.setattr(bench, "stock_model", lambda epochs: pytest.fail("trained"))
    with pytest.raises(BenchError, match="make train"):
        bench.bench((1,), 1, True, "x")
    assert staged == []


def test_every_own_journey_has_to_reach_the_card() -> None:
    ours = some_results()[0]
    bench.check_own(ours)
    with pytest.raises(BenchError, match="0 cards in 4"):
        bench.check_own(replace(ours, loads=(replace(ours.loads[0], cards=0),)))
    bench.check_own(replace(ours, loads=(replace(ours.loads[0], cards=0, errors=1),)))


@pytest.mark.parametrize(("rounds", "sizes"), [(1, [1]), (3, [1, 1, 1]), (7, [2, 2, 1, 1, 1]), (15, [3] * 5)])
def test_rounds_are_measured_in_blocks(rounds: int, sizes: list[int]) -> None:
    assert bench.block_sizes(rounds) == sizes


def test_blocks_add_up() -> None:
    parts = [Load(2, 1, (Sample(0.1), Sample(0.2)), 0.5, cpu=0.2), Load(2, 3, (Sample(0.3), Sample(0.4)), 1.5, cpu=0.4)]
    whole = bench_load.together(parts)
    assert (whole.users, whole.rounds, len(whole.samples), whole.seconds) == (2, 4, 4, 2.0)
    found = bench_load.figures(whole)
    assert found.per_second == pytest.approx(2)
    assert found.cpu == pytest.approx(150)
