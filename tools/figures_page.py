"""Draws what `tools.figures` measured and writes the page beside it, in Dutch. Colours that a colour-blind reader can tell apart, and shapes beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.colors import PowerNorm

from tools.measures import Ratio
from tools.uncertainty import Bin, calibration_error, wilson

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

STEP = 500
BLUE, ORANGE, BLACK, GREY = "#0072B2", "#D55E00", "#222222", "#999999"
CONFUSION, CURVE, RELIABILITY, DANGER = "verwarring.png", "leercurve.png", "betrouwbaarheid.png", "gevaar.png"
#: `threshold` of the FallbackClassifier in config.yml: below it the assistant asks what was meant
ASK_BELOW = 0.2
WORST, LEAST_CONFUSED = 10, 4
#: the two intents with most messages, which draw the others to them
LARGE = ("zorg_delen", "acuut_gevaar")


@dataclass
class Numbers:
    """Everything that is drawn, as plain values. Confusion: rows are what was meant, columns what was read."""

    intents: list[str] = field(default_factory=list)
    confusion: list[list[int]] = field(default_factory=list)
    test_confusion: list[list[int]] = field(default_factory=list)
    train: int = 0
    test: int = 0
    plain_test: int = 0
    #: an order of author groups, a row [messages, share right, share right without the danger set] per size
    intent_curves: list[list[list[float]]] = field(default_factory=list)
    #: the gain in share right of `STEP` more messages: mean, low, high
    gain: list[float] = field(default_factory=list)
    #: [messages, micro F1]
    sign_curve: list[list[float]] = field(default_factory=list)
    #: [messages, average precision]
    danger_curve: list[list[float]] = field(default_factory=list)
    temperature: float = 0.0
    #: [mean confidence, right, messages]
    bins: list[list[float]] = field(default_factory=list)
    #: [threshold, found, called danger, danger]
    tradeoff: list[list[float]] = field(default_factory=list)
    threshold: float = 0.0
    safety: int = 0
    seconds: float = 0.0


# -- numbers ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """An intent that is read as another: how often, of how many; the same in the test set."""

    meant: str
    read: str
    count: Ratio
    test: Ratio


def worst_pairs(found: Numbers, most: int = WORST, least: int = LEAST_CONFUSED, without: Sequence[str] = ()) -> list[Pair]:
    """The pairs with the largest share of a row, of those that were confused at least `least` times and were not read as one of `without`."""
    pairs = []
    for i, meant in enumerate(found.intents):
        whole, test = sum(found.confusion[i]), sum(found.test_confusion[i])
        for j, read in enumerate(found.intents):
            if i != j and read not in without and found.confusion[i][j] >= least:
                pairs.append(Pair(meant, read, Ratio(found.confusion[i][j], whole), Ratio(found.test_confusion[i][j], test)))
    return sorted(pairs, key=lambda pair: -(pair.count.value or 0.0))[:most]


def chosen(found: Numbers) -> tuple[Ratio, Ratio]:
    """Sensitivity and positive predictive value of danger at the threshold of the reader."""
    _, hit, called, told = min(found.tradeoff, key=lambda row: abs(row[0] - found.threshold))
    return Ratio(int(hit), int(told)), Ratio(int(hit), int(called))


def bins_of(found: Numbers) -> list[Bin]:
    """The bins of the reliability plot."""
    return [Bin(sure, Ratio(int(right), int(count))) for sure, right, count in found.bins]


def number(value: float, digits: int = 3) -> str:
    """A number as Dutch writes it."""
    return f"{value:.{digits}f}".replace(".", ",")


def interval(ratio: Ratio) -> str:
    """A share with its counts and its 95% interval."""
    low, high = wilson(ratio)
    return f"{number(ratio.value or 0.0)} ({ratio.part}/{ratio.whole}; 95%: {number(low)} tot {number(high)})"


# -- drawing ---------------------------------------------------------------------------------------------------------------------


def draw(found: Numbers, folder: Path) -> None:
    """Write the four figures."""
    with plt.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        _confusion(found, folder / CONFUSION)
        _curve(found, folder / CURVE)
        _reliability(found, folder / RELIABILITY)
        _danger(found, folder / DANGER)


def _save(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})  # the same numbers give the same file
    plt.close(figure)


def _confusion(found: Numbers, path: Path) -> None:
    counts = np.array(found.confusion, dtype=float)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    figure, axes = plt.subplots(figsize=(11, 10.4))
    image = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0, 1))
    places = range(len(found.intents))
    axes.set_xticks(places, found.intents, rotation=90, fontsize=6.5)
    axes.set_yticks(places, found.intents, fontsize=6.5)
    axes.set_xticks(np.arange(0.5, len(found.intents)), minor=True)
    axes.set_yticks(np.arange(0.5, len(found.intents)), minor=True)
    axes.grid(which="minor", color="#e4e4e4", linewidth=0.4)
    axes.tick_params(which="both", length=0)
    for i in places:
        for j in places:
            if shares[i, j] >= 0.1:
                axes.text(
                    j, i, f"{100 * shares[i, j]:.0f}", ha="center", va="center", fontsize=5, color="white" if shares[i, j] > 0.4 else BLACK
                )
    axes.set_xlabel("gelezen als")
    axes.set_ylabel("bedoeld")
    axes.set_title(f"Verwarring van intents: percentage van de rij (vanaf 10 geschreven), {found.train} oefenberichten", loc="left")
    figure.colorbar(image, ax=axes, shrink=0.4, pad=0.01, aspect=30, label="aandeel van de rij")
    _save(figure, path)


def _curve(found: Numbers, path: Path) -> None:
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2))
    for i, rows in enumerate(found.intent_curves):
        sizes = [row[0] for row in rows]
        thin = {"linewidth": 2.0 if i == 0 else 0.8, "alpha": 1.0 if i == 0 else 0.6, "markersize": 5 if i == 0 else 3}
        label = f"alle {found.test} testberichten"
        left.plot(sizes, [row[1] for row in rows], "o-", color=BLUE, label=label if i == 0 else None, **thin)
        label = f"zonder {found.test - found.plain_test} over veiligheid"
        left.plot(sizes, [row[2] for row in rows], "s--", color=ORANGE, label=label if i == 0 else None, **thin)
    left.set_title("Intent in één keer goed", loc="left")
    right.plot(*zip(*found.sign_curve, strict=True), "o-", color=BLUE, linewidth=2, label="tekenen: micro-F1")
    right.plot(*zip(*found.danger_curve, strict=True), "s--", color=ORANGE, linewidth=2, label="gevaar: gemiddelde precisie")
    right.set_title("Tekenen en gevaar", loc="left")
    for axes in (left, right):
        _share_axis(axes, "y", 0.3)
        axes.set_xlim(0, None)
        axes.set_xlabel("oefenberichten, per schrijversgroep erbij")
        axes.grid(alpha=0.3)
        axes.legend(loc="lower right", frameon=False)
    _save(figure, path)


def _share_axis(axes: Axes, which: str, low: float = 0.0) -> None:
    (axes.set_ylim if which == "y" else axes.set_xlim)(low, 1.005)
    (axes.yaxis if which == "y" else axes.xaxis).set_major_formatter(lambda value, _: number(value, 1))


def _reliability(found: Numbers, path: Path) -> None:
    figure, (top, low) = plt.subplots(2, 1, figsize=(5.2, 5.8), sharex=True, gridspec_kw={"height_ratios": [3, 1]})
    bins = bins_of(found)
    shares = [b.right.value or 0.0 for b in bins]
    edges = [wilson(b.right) for b in bins]
    errors = [[s - e[0] for s, e in zip(shares, edges, strict=True)], [e[1] - s for s, e in zip(shares, edges, strict=True)]]
    top.plot([0, 1], [0, 1], ":", color=GREY, label="precies eerlijk")
    top.errorbar(
        [b.confidence for b in bins], shares, yerr=np.abs(errors), fmt="o-", color=BLUE, capsize=3, label="gemeten, met 95%-interval"
    )
    top.axvline(ASK_BELOW, color=ORANGE, linestyle="--", label="hieronder vraagt Routekaart door")
    top.set_ylabel("aandeel goed gelezen")
    top.set_title("Hoe eerlijk is de zekerheid van de intent?", loc="left")
    _share_axis(top, "y")
    top.legend(frameon=False, fontsize=8)
    low.bar([b.confidence for b in bins], [b.right.whole for b in bins], width=0.06, color=BLUE)
    low.set_ylabel("berichten")
    low.set_xlabel("zekerheid van de eerste lezing")
    _share_axis(low, "x")
    _save(figure, path)


def _danger(found: Numbers, path: Path) -> None:
    rows = [row for row in found.tradeoff if row[2]]
    figure, axes = plt.subplots(figsize=(5.6, 4.6))
    axes.plot([hit / told for _, hit, _, told in rows], [hit / called for _, hit, called, _ in rows], "-", color=BLUE, linewidth=2)
    for t, hit, called, told in rows:
        if t in (0.05, 0.3, 0.5, 0.7, 0.9):
            axes.plot(hit / told, hit / called, "o", color=BLUE, markersize=4)
            axes.annotate(number(t, 2), (hit / told, hit / called), textcoords="offset points", xytext=(5, 5), fontsize=7, color=BLUE)
    recall, precision = chosen(found)
    x, y = recall.value or 0.0, precision.value or 0.0
    (x_low, x_high), (y_low, y_high) = wilson(recall), wilson(precision)
    axes.errorbar(
        x, y, xerr=[[x - x_low], [x_high - x]], yerr=[[y - y_low], [y_high - y]],
        fmt="D", color=ORANGE, capsize=3, label=f"gekozen drempel {number(found.threshold, 2)}, met 95%-intervallen",
    )  # fmt: skip
    for which in "xy":
        _share_axis(axes, which, 0.5)
    axes.set_xlabel("gevonden gevaar (gevoeligheid)")
    axes.set_ylabel("terecht alarm (positief voorspellende waarde)")
    axes.set_title(f"Gevaar per drempel, {found.safety} berichten over veiligheid", loc="left")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower left", frameon=False, fontsize=8)
    _save(figure, path)


# -- the page --------------------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown; a column of numbers is set to the right."""
    right = [all(row[place][:1].isdigit() or row[place][:1] in "-*" for row in rows) for place in range(len(head))]
    line = ["--:" if number_like else "---" for number_like in right]
    return ["| " + " | ".join(row) + " |" for row in [head, line, *rows]]


def _pairs_table(pairs: Sequence[Pair]) -> list[str]:
    rows = [
        [f"`{p.meant}`", f"`{p.read}`", f"{p.count.part}/{p.count.whole}", number(p.count.value or 0.0, 2), f"{p.test.part}/{p.test.whole}"]
        for p in pairs
    ]
    return table(["bedoeld", "gelezen als", "berichten", "aandeel", "testset"], rows)


def page(found: Numbers) -> list[str]:
    """The lines of `docs/figuren/README.md`."""
    recall, precision = chosen(found)
    error = calibration_error(bins_of(found)) or 0.0
    sure_enough = [b for b in bins_of(found) if b.confidence >= ASK_BELOW]
    below = found.test - sum(b.right.whole for b in sure_enough)
    first, last = found.intent_curves[0][-2], found.intent_curves[0][-1]
    gain, low, high = (100 * value for value in found.gain)
    hit, whole = sum(row[i] for i, row in enumerate(found.confusion)), sum(map(sum, found.confusion))
    sizes = [
        [f"{row[0]:.0f}", *(number(curve[i][1]) for curve in found.intent_curves), number(row[2])]
        for i, row in enumerate(found.intent_curves[0])
    ]
    slow = [
        [f"{signs[0]:.0f}", number(signs[1]), number(danger[1])] for signs, danger in zip(found.sign_curve, found.danger_curve, strict=True)
    ]
    return [
        "# Figuren",
        "",
        f"Gemaakt door `make figures` (ook de laatste stap van `make evaluate`), in {found.seconds:.0f} s. Geoefend op {found.train} berichten uit `data/nlu`, gemeten op de",
        f"{found.test} berichten van `tests/evaluation`, van schrijvers die geen oefenzin schreven. Gemeten is alleen het lezen: zonder doorvragen bij twijfel",
        "en zonder gesprek; dat meet `make evaluate`.",
        "",
        "## Gevaar",
        "",
        f"- gevoeligheid: {interval(recall)}",
        f"- positief voorspellende waarde: {interval(precision)}",
        f"- drempel: {number(found.threshold, 2)}, gekozen op oefentekst van weggelaten schrijversgroepen, dus niet op deze {found.safety} berichten",
        "",
        f"![Gevoeligheid tegen terecht alarm, per drempel]({DANGER})",
        "",
        "In deze set is de helft gevaar en de helft lijkt er sterk op. In gewoon gebruik is gevaar zeldzamer en lijkt er minder op: de voorspellende",
        "waarde is daar anders. Getallen bij de lijn zijn drempels.",
        "",
        "## Leercurve",
        "",
        f"- {STEP} berichten meer geven nu {number(gain, 2)} punt meer intents in één keer goed (95%: {number(low, 2)} tot {number(high, 2)}; van {first[0]:.0f} naar {last[0]:.0f} berichten, gemiddeld over {len(found.intent_curves)} volgordes)",
        "",
        f"![Leercurve van intents, tekenen en gevaar]({CURVE})",
        "",
        *table(["berichten", "intent goed", *(f"volgorde {i + 2}" for i in range(len(found.intent_curves) - 1)), "zonder veiligheid"], sizes),
        "",
        *table(["berichten", "tekenen micro-F1", "gevaar gem. precisie"], slow),
        "",
        "Schrijversgroepen komen erbij in de volgorde waarin ze schreven; de dunne lijnen zijn andere volgordes. De groepen schreven niet alle hetzelfde:",
        "de eerste zes over alle intents gelijk op, latere vooral zorgen en gevaar of juist vragen. Een stap is dus ook een andere mengeling.",
        "Het interval trekt hele schrijvers van de testset opnieuw.",
        "",
        "## Zekerheid",
        "",
        f"- verwachte afwijking tussen zekerheid en aandeel goed (ECE): {number(error)}; temperatuur {number(found.temperature, 1)}, bepaald op oefentekst van weggelaten schrijvers",
        f"- {below} van {found.test} berichten blijven onder {number(ASK_BELOW, 1)}: daar vraagt Routekaart wat er bedoeld werd",
        "",
        f"![Zekerheid tegen aandeel goed gelezen]({RELIABILITY})",
        "",
        "Een punt boven de stippellijn: het lezen was beter dan de zekerheid beloofde.",
        "",
        "## Verwarring",
        "",
        f"- intent in één keer goed bij kruisvalidatie over schrijversgroepen: {number(hit / whole)} ({hit}/{whole}; één label per bericht, strenger dan de testset)",
        "",
        f"![Verwarringsmatrix van {len(found.intents)} intents]({CONFUSION})",
        "",
        "Uit kruisvalidatie van de oefentekst: elk bericht gelezen zonder de eigen schrijversgroep. Zo heeft elke intent genoeg berichten, en wordt de",
        f"oefentekst niet naar de testset toegeschreven. De {WORST} grootste aandelen, met wat de testset erbij zegt (fout van alle berichten van de rij):",
        "",
        *_pairs_table(worst_pairs(found)),
        "",
        f"En zonder wat als {' of '.join(f'`{name}`' for name in LARGE)} is gelezen, de intents met de meeste berichten:",
        "",
        *_pairs_table(worst_pairs(found, without=LARGE)),
    ]  # fmt: skip
