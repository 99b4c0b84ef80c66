"""The route map as a drawing: lines, stations and words laid out on a sheet, as shapes for a template to write down as SVG.

Pure geometry: text comes in ready, colours are names of classes that the style sheet gives a meaning (so dark mode, high contrast and paper
need no other drawing). Lengths are in units of the sheet; at full size a unit is a CSS pixel. Letters are measured with a table of widths, wide
enough for the fonts that `system-ui` stands for, because a server knows no fonts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

NARROW = 320.0  # a phone
WIDE = 840.0  # a desktop, and A4 upright

STEP = 18.0  # between two lines
LINE = 8.0  # how thick a line is
FIRST = 15.0  # from the edge to the first line
GUTTER = 14.0  # between the last line and the words
GAP = 12.0  # between two stations
RADIUS = 8.0  # of a station

#: size of letters -> height of a row of them
NAME, MAIN, SMALL, HEAD = 14.0, 17.0, 12.0, 15.0
LEADING = 1.32

_WIDTHS = {**dict.fromkeys("iljI.,:;'|!()[]/ ’`", 0.34), **dict.fromkeys('ftr-“”"*', 0.41), **dict.fromkeys("mwMW@%—…→", 0.98)}


def measure(text: str, size: float, bold: bool = False) -> float:
    """The width of a text, rather too much than too little."""
    units = sum(_WIDTHS.get(c, 0.76 if c.isupper() else 0.64 if c.isdigit() else 0.61) for c in text)
    return units * size * (1.13 if bold else 1.0)


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """A text as lines that fit; a word that is too long stands alone on its line, cut at a hyphen or slash where it has one."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and measure(f"{lines[-1]} {word}", size, bold) <= width:
            lines[-1] += f" {word}"
            continue
        while measure(word, size, bold) > width and (cut := _cut(word, width, size, bold)):
            lines.append(word[:cut])
            word = word[cut:]
        lines.append(word)
    return lines


def even(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """A name as lines of about the same length, as few as fit: no word alone on the last line."""
    lines = wrap(text, width, size, bold)
    for part in range(95, 45, -5):
        tried = wrap(text, width * part / 100, size, bold)
        if len(tried) > len(lines) or any(measure(line, size, bold) > width for line in tried):
            break
        lines = tried
    return lines


def _cut(word: str, width: float, size: float, bold: bool) -> int:
    places = [i + 1 for i, c in enumerate(word[:-1]) if c in "-/" and measure(word[: i + 1], size, bold) <= width]
    return places[-1] if places else 0


# -- what is drawn ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stop:
    """A station: an organisation, or a rule or question. `lines`: the lines that stop there. `dot`: the colour in it, where not that of its line.
    `phone`: a number, or what else is to be shown large. `small`: what is said under the name, a line break stays one. `then`: what follows. `big`: a station where
    everybody changes. `near`: it stands on the advice for this reader."""

    key: str
    name: str
    lines: tuple[str, ...]
    phone: str = ""
    small: str = ""
    then: str = ""
    big: bool = False
    near: bool = True
    local: bool = False
    dot: str = ""


@dataclass(frozen=True)
class Zone:
    """A part of a line: its sign, and the stations that are reached there first. `aside`: a line of its own that starts here."""

    line: str
    title: str
    tag: str
    small: str
    stops: tuple[Stop, ...]
    aside: bool = False
    badge: str = ""
    local: bool = False


@dataclass(frozen=True)
class Shape:
    """A piece of SVG: `kind` is rect, path, circle or text, `cls` its classes, the rest what that kind needs."""

    kind: str
    cls: str
    x: float = 0.0
    y: float = 0.0
    w: float = 0.0
    h: float = 0.0
    r: float = 0.0
    d: str = ""
    text: str = ""


@dataclass
class Sheet:
    """A drawing: its size, and its shapes from the bottom layer to the top one."""

    width: float
    height: float = 0.0
    bands: list[Shape] = field(default_factory=list)
    tracks: list[Shape] = field(default_factory=list)
    marks: list[Shape] = field(default_factory=list)
    words: list[Shape] = field(default_factory=list)

    @property
    def shapes(self) -> list[Shape]:
        """Everything, in the order of painting."""
        return [*self.bands, *self.tracks, *self.marks, *self.words]

    def band(self, cls: str, x: float, y: float, w: float, h: float) -> None:
        """The ground of a zone."""
        self.bands.append(Shape("rect", f"band {cls}", x, y, w, h, r=10))

    def track(self, line: str, d: str) -> None:
        """A line: a dark edge, the colour, and a pattern in it that tells it apart without colour."""
        self.tracks.append(Shape("path", f"rail-rand {line}", d=d))
        self.tracks.append(Shape("path", f"rail {line}", d=d))
        self.tracks.append(Shape("path", f"rail-merk {line}", d=d))

    def text(self, cls: str, x: float, y: float, lines: Iterable[str], size: float) -> float:
        """Lines of text from a top edge down; the y below them."""
        for line in lines:
            y += size * LEADING
            self.words.append(Shape("text", cls, x, y - size * 0.3, text=line))
        return y


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _down(x: float, y1: float, y2: float) -> str:
    return f"M{_n(x)} {_n(y1)}V{_n(y2)}"


# -- one column: lines that run down past their stations -----------------------------------------------------------------------------


@dataclass
class Column:
    """A column of zones with the lines beside them. `x` and `y` are its upper left corner; `starts` is where each line comes in."""

    sheet: Sheet
    x: float
    y: float
    width: float
    tracks: tuple[str, ...]
    mark: str  # behind the name of a station that has not been confirmed
    starts: dict[str, float] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)

    def at(self, line: str) -> float:
        """The x of a line; one that is on its own takes the first place."""
        return self.x + FIRST + STEP * (self.tracks.index(line) if line in self.tracks else 0)

    @property
    def words(self) -> float:
        """The x of the words."""
        return self.x + FIRST + STEP * max(0, len(self.tracks) - 1) + RADIUS + GUTTER

    @property
    def room(self) -> float:
        """The width of the words."""
        return self.x + self.width - self.words - 10

    def draw(self, zones: Sequence[Zone], split: bool = False) -> float:
        """The zones below each other; the y below the last. `split`: what is said stands beside the name, not under it."""
        for zone in zones:
            self._zone(zone, split)
        for line, start in self.starts.items():
            if line in self.ends and line not in self.drawn:
                self.drawn.add(line)
                x, end = self.at(line), self.ends[line]
                self.sheet.track(line, _down(x, start, end))
                self.sheet.marks.insert(0, Shape("path", "einde", d=f"M{_n(x - 6)} {_n(end)}h12"))
        return self.y

    def _zone(self, zone: Zone, split: bool) -> None:
        top = self.y
        if zone.title:
            self._sign(zone)
        y = self.y + 8
        for stop in zone.stops:
            y = self._stop(stop, y, split) + GAP
        self.y = y - GAP + 14 if zone.stops else y + 4
        self.sheet.band(zone.line, self.x, top, self.width, self.y - top)
        self.y += 8

    def _sign(self, zone: Zone) -> None:
        """The name of a zone, with its badge on the line."""
        sheet, y = self.sheet, self.y + 9
        middle = y + HEAD * LEADING / 2
        tag_width = measure(zone.tag, SMALL, True) if zone.tag else 0.0
        head = even(zone.title, self.room, HEAD, True)
        beside = measure(head[-1], HEAD, True) + 26 + tag_width <= self.room
        y = sheet.text("kop", self.words, y, head, HEAD)
        if zone.tag:
            x = self.words + measure(head[-1], HEAD, True) + 14 if beside else self.words
            height = HEAD * LEADING - 1
            plate = y - height if beside else y + 2
            sheet.marks.append(Shape("rect", f"etiket {zone.line}", x, plate, tag_width + 12, height, r=9))
            sheet.words.append(Shape("text", "tag midden", x + 6 + tag_width / 2, plate + 13.6, text=zone.tag))
            y = max(y, plate + height + (0 if beside else 3))
        if zone.small:
            y = sheet.text("klein", self.words, y + 1, wrap(self._marked(zone.small, zone.local), self.room, SMALL), SMALL)
        if zone.badge:
            x = self.at(zone.line)
            sheet.marks.append(Shape("rect", f"bord {zone.line}", x - 10, middle - 10, 20, 20, r=5))
            sheet.words.append(Shape("text", f"bord-letter op-{zone.line}", x, middle + 4.6, text=zone.badge))
        if zone.aside or zone.line not in self.starts:
            self.starts[zone.line] = middle
        self.ends[zone.line] = max(self.ends.get(zone.line, 0), middle)
        self.y = y

    def _marked(self, text: str, local: bool) -> str:
        return f"{text}\u00a0{self.mark}" if local and self.mark else text

    def _stop(self, stop: Stop, y: float, split: bool) -> float:
        sheet, size = self.sheet, MAIN if stop.big else NAME
        left = self.room * 0.44 if split else self.room
        middle = y + size * LEADING / 2
        below = sheet.text(
            "naam groot" if stop.big else "naam" if stop.near else "naam ver",
            self.words,
            y,
            even(self._marked(stop.name, stop.local), left, size, True),
            size,
        )
        if stop.phone and stop.phone != stop.name:
            below = sheet.text("nummer", self.words, below, wrap(stop.phone, left, NAME, True), NAME)
        x, room, top = (
            (self.words + left + 16, self.room - left - 16, y + (size - SMALL) * LEADING / 2) if split else (self.words, self.room, below)
        )
        for cls, said in (("klein", stop.small), ("dan", stop.then)):
            if said:
                top = sheet.text(cls, x, top, [line for part in said.split("\n") for line in wrap(part, room, SMALL)], SMALL)
        self._ring(stop, middle)
        return max(below, top)

    def _ring(self, stop: Stop, y: float) -> None:
        served = sorted((self.at(line), line) for line in stop.lines)
        for _, line in served:
            self.starts.setdefault(line, y)
            self.ends[line] = max(self.ends.get(line, 0), y)
        r = RADIUS + 2 if stop.big else RADIUS
        first, last = served[0][0], served[-1][0]
        cls = "halte groot" if stop.big else "halte" if stop.near else "halte ver"
        self.sheet.marks.append(Shape("rect", cls, first - r, y - r, last - first + 2 * r, 2 * r, r=r))
        if stop.near:
            self.sheet.marks.extend(Shape("circle", f"stip {stop.dot or line}", x, y, r=3.6 if not stop.big else 5) for x, line in served)


# -- the two sheets ----------------------------------------------------------------------------------------------------------------


def _plate(width: float, label: str) -> float:
    """The width of the start: as its name asks, at least over the lines, at most the sheet."""
    return min(width - 1, max(190.0, measure(label, HEAD, True) + 34))


def pill(sheet: Sheet, width: float, label: str) -> float:
    """The start of a map: a dark plate with its name in the upper left corner; the y below it."""
    lines = wrap(label, width - 28, HEAD, True)
    height = len(lines) * HEAD * LEADING + 14
    sheet.marks.append(Shape("rect", "start", 0.5, 1, width, height, r=18))
    for index, line in enumerate(lines):
        sheet.words.append(Shape("text", "start-naam", 16.5, 8 + (index + 1) * HEAD * LEADING - HEAD * 0.3, text=line))
    return height + 1


def ladder_sheet(width: float, start: str, zones: Sequence[Zone], mark: str) -> Sheet:
    """With whom one begins: the lines of the escalation ladder run down from the start, the most urgent on the left."""
    sheet = Sheet(width)
    below = pill(sheet, _plate(width, start), start)
    tracks = tuple(zone.line for zone in zones)
    column = Column(sheet, 0, below + 12, width, tracks, mark, starts=dict.fromkeys(tracks, below - 6))
    sheet.height = column.draw(zones, split=width >= WIDE)
    return sheet


def ground_sheet(width: float, start: str, zones: Sequence[Zone], mark: str) -> Sheet:
    """Who does what: the rungs of the three-step ladder as lines through their zones. Wide: in two columns, over which the lines part at the top."""
    sheet = Sheet(width)
    below = pill(sheet, _plate(width, start), start)
    tracks = tuple(zone.line for zone in zones)
    top = below + 12
    if width < WIDE:
        column = Column(sheet, 0, top, width, tracks, mark, starts=dict.fromkeys(tracks, below - 6))
        sheet.height = column.draw(zones)
        return sheet
    half = (width - 24) / 2
    one, two = _columns(zones, half, tracks, mark)
    left = Column(sheet, 0, top, half, tracks, mark, starts={line: below - 6 for line in tracks if _serves(one, line)})
    right = Column(sheet, half + 24, top, half, tracks, mark, starts={line: top for line in tracks if _serves(two, line)})
    sheet.height = max(left.draw(one), right.draw(two))
    # the topmost of the lines that run aside turns down last, so that none crosses another
    for index, line in enumerate(reversed(tracks)):
        if line in right.ends:
            y, x = 10.0 + index * 10, right.at(line)
            sheet.track(line, f"M{_n(_plate(width, start) - 6)} {_n(y)}H{_n(x - 12)}Q{_n(x)} {_n(y)} {_n(x)} {_n(y + 12)}V{_n(top + 2)}")
    return sheet


def aside_sheet(width: float, _start: str, zones: Sequence[Zone], mark: str) -> Sheet:
    """Lines of their own, each starting at its own sign; wide in two columns."""
    sheet = Sheet(width)
    if width < WIDE:
        sheet.height = Column(sheet, 0, 0, width, (), mark).draw(zones)
        return sheet
    half = (width - 24) / 2
    left, right = Column(sheet, 0, 0, half, (), mark), Column(sheet, half + 24, 0, half, (), mark)
    for zone in sorted(zones, key=lambda z: -len(z.stops)):
        (left if left.y <= right.y else right).draw([zone])
    sheet.height = max(left.y, right.y)
    return sheet


def rule_sheet(width: float, start: str, zones: Sequence[Zone], mark: str) -> Sheet:
    """Stations in one order on one line, read from the top."""
    sheet = Sheet(width)
    below = pill(sheet, _plate(width, start), start)
    line = zones[0].line
    column = Column(sheet, 0, below + 12, width, (line,), mark, starts={line: below - 6})
    sheet.height = column.draw(zones, split=width >= WIDE)
    return sheet


def _serves(zones: Sequence[Zone], line: str) -> bool:
    return any(zone.line == line or any(line in stop.lines for stop in zone.stops) for zone in zones)


def _columns(zones: Sequence[Zone], width: float, tracks: tuple[str, ...], mark: str) -> tuple[list[Zone], list[Zone]]:
    """The zones over two columns of about the same height. A zone may be cut between two stations; then its name stands above the rest again."""

    def height(rows: Sequence[Zone]) -> float:
        return Column(Sheet(width), 0, 0, width, tracks, mark).draw(rows)

    choices = []
    for index, zone in enumerate(zones):
        choices.append((list(zones[:index]), list(zones[index:])))
        for cut in range(2, len(zone.stops) - 1):
            rest = replace(zone, stops=zone.stops[cut:], small="", tag="")
            choices.append(([*zones[:index], replace(zone, stops=zone.stops[:cut])], [rest, *zones[index + 1 :]]))
    return min((c for c in choices if c[0]), key=lambda c: max(height(c[0]), height(c[1])), default=(list(zones), []))
