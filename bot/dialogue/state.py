"""The state of a conversation: what is known of the case and where the conversation stands. Each field is a slot of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from bot.core.situation import FIELDS, Situation

#: intents that end the case: a new one begins, or the conversation is forgotten
START_OVER = "opnieuw_beginnen"
STOP = "stoppen"


@dataclass(frozen=True)
class State:
    """Where the conversation stands.

    `situatie`: what is known of the case. `gestart`: a case was opened. `verteld`: something was told. `ontkend`: signs the text denied.
    `terzijde`: signs it mentioned of another or of long ago, which do not count. `getoond`: signs already read back. `bevestigd`: whether the user agreed with what was read. `nood_open`: the emergency card was given and its
    question not answered. `nood_soort`: which emergency text. `niet_begrepen`: times in a row. `keuze_open`: a choice of meanings was offered, with
    these intents. `beantwoord`: questions answered, oldest first. `gevraagd`: how many deciding questions. `terug_naar`: question to ask again.
    `uitgelegd`: times an open explanation was asked. `open_vraag`: id of the question that is open. `kaart`: mark of the card last given.
    `oefening`: the case that is rehearsed and the choices made in it ("C1", "M1.a", ...); `oefening_bij`: where in the rehearsal
    (`bot.dialogue.rehearsing`), None outside one.
    `afslag`: what the next action has to do before the journey goes on. `gelezen`: id of the message last read. `einde`: how the case ended in
    this turn, for the store that keeps conversations (`START_OVER` or `STOP`).
    """

    situatie: Situation = field(default_factory=Situation)
    gemeente: str | None = None
    herkomst: str | None = None
    gestart: bool = False
    verteld: bool = False
    ontkend: tuple[str, ...] = ()
    terzijde: tuple[str, ...] = ()
    getoond: tuple[str, ...] = ()
    bevestigd: str | None = None
    nood_open: bool = False
    nood_soort: str | None = None
    niet_begrepen: int = 0
    keuze_open: tuple[str, ...] = ()
    beantwoord: tuple[str, ...] = ()
    gevraagd: int = 0
    terug_naar: str | None = None
    uitgelegd: int = 0
    open_vraag: str | None = None
    kaart: str | None = None
    afslag: str | None = None
    gelezen: str | None = None
    oefening: tuple[str, ...] = ()
    oefening_bij: str | None = None
    einde: str | None = None

    def with_(self, **changes: Any) -> State:
        """A copy with the given fields changed; fields of the situation may be given directly."""
        case = {k: v for k, v in changes.items() if k in FIELDS}
        own = {k: v for k, v in changes.items() if k not in FIELDS}
        if case:
            own["situatie"] = replace(self.situatie, **case)
        return replace(self, **own)

    def fresh(self) -> State:
        """A new case: only what came from the entry stays."""
        return State(situatie=Situation(rol=self.situatie.rol, eigen=self.situatie.eigen), gemeente=self.gemeente, herkomst=self.herkomst)

    def after_turn_off(self) -> State:
        """The state once the turn-off was said."""
        if self.afslag == START_OVER:
            return replace(self.fresh(), gestart=True, gelezen=self.gelezen, einde=START_OVER)
        if self.afslag == STOP:
            return replace(self.fresh(), gelezen=self.gelezen, einde=STOP)
        return replace(self, afslag=None)

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> State:
        """The state kept in the slots of a conversation; anything unknown in them is ignored."""
        case: dict[str, Any] = {k: slots[k] for k in FIELDS if slots.get(k) is not None}
        if "signalen" in case:
            case["signalen"] = frozenset(case["signalen"])
        own: dict[str, Any] = {}
        for f in fields(cls):
            value = slots.get(f.name)
            if f.name != "situatie" and value is not None:
                own[f.name] = tuple(value) if isinstance(value, list) else value
        return cls(situatie=Situation(**case), **own)

    def slots(self) -> dict[str, Any]:
        """The slot values of this state; JSON types only."""
        values: dict[str, Any] = {}
        for name in FIELDS:
            value = getattr(self.situatie, name)
            values[name] = sorted(value) if isinstance(value, frozenset) else value
        for f in fields(self):
            if f.name != "situatie":
                value = getattr(self, f.name)
                values[f.name] = list(value) if isinstance(value, tuple) else value
        return values

    def changes(self, before: State) -> dict[str, Any]:
        """The slots in which this state differs from `before`."""
        old = before.slots()
        return {k: v for k, v in self.slots().items() if v != old[k]}
