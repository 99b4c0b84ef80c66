"""What is known about a worry, as plain values.

Every field that can be asked is named after its question id in the catalogue and holds an option id or None (not asked, not told).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

ROLES = (
    "leerkracht",
    "intern_begeleider",
    "huisarts",
    "wijkteam",
    "kinderopvang",
    "jgz",
    "ander_beroep",
    "geen_beroep",
)

#: role -> sector of the afwegingskader (§2.4)
SECTOR = {
    "leerkracht": "onderwijs",
    "intern_begeleider": "onderwijs",
    "huisarts": "huisarts",
    "wijkteam": "wijkteam",
    "kinderopvang": "kinderopvang",
    "jgz": "jgz",
    "ander_beroep": "ander",
    "geen_beroep": "geen_beroep",
}

#: functions in a doctor's practice that are no doctor: what they see goes to the doctor (§0 R7, §10 L3)
IN_PRACTICE = ("poh", "doktersassistent")
#: doctors who hand over to the patient's own doctor after their duty (§9 D24)
ON_DUTY = ("waarnemer", "huisartsenpost", "seh")

#: the option ids of every question that fills a field of the situation (catalogue `vragen`)
JA_NEE = ("ja", "nee")
JA_NEE_WN = ("ja", "nee", "weet_niet")
OPTIONS: dict[str, tuple[str, ...]] = {
    "rol": ROLES,
    "acuut": JA_NEE_WN,
    "structureel": JA_NEE_WN,
    "onthulling": JA_NEE_WN,
    "verdachte": ("ouder", "collega", "houder", "ander_kind", "onbekend"),
    "leeftijd": ("ongeboren", "0-1", "2-3", "4-12", "13-17", "18+"),
    "voortgang": ("niets", "vastgelegd", "overlegd", "ouders_gesproken", "gewogen"),
    "gesprek_onveilig": JA_NEE_WN,
    "eerder_gemeld": JA_NEE_WN,
    "jeugdbeschermer": JA_NEE_WN,
    "school_soort": ("po", "vo", "mbo"),
    "kinderen": JA_NEE_WN,
    "zwanger": JA_NEE_WN,
    "kinderen_veilig": JA_NEE_WN,
    "steun": JA_NEE_WN,
    "vermoeden": JA_NEE_WN,
    "hulp_mogelijk": JA_NEE_WN,
    "hulp_aanvaard": JA_NEE_WN,
    "hulp_werkt": JA_NEE_WN,
}

#: whom the user speaks about when it is not a professional worry about a child (§12.1)
ZELF = ("kind", "slachtoffer", "overbelast", "suicide", "gevoelens")


@dataclass(frozen=True)
class Situation:
    """Everything the advice may depend on; immutable and hashable.

    `signalen`: affirmed sign ids. `gevaar`: the text of some message told of danger now and nobody took that back.
    `zelf`: one of `ZELF` when the user speaks of themself. `kindcheck`: the worry starts from an adult patient or client.
    `concreet`: something observable was told, even where no sign of the catalogue was recognised in it.
    `eigen`: organisation the user says they work for (a wijkagent: politie), or their function in a doctor's practice (`IN_PRACTICE`, `ON_DUTY`),
    beyond what the role tells.
    """

    rol: str | None = None
    signalen: frozenset[str] = field(default_factory=frozenset)
    gevaar: bool = False
    zelf: str | None = None
    kindcheck: bool = False
    concreet: bool = False
    eigen: str | None = None
    acuut: str | None = None
    structureel: str | None = None
    onthulling: str | None = None
    verdachte: str | None = None
    leeftijd: str | None = None
    voortgang: str | None = None
    gesprek_onveilig: str | None = None
    eerder_gemeld: str | None = None
    jeugdbeschermer: str | None = None
    school_soort: str | None = None
    kinderen: str | None = None
    zwanger: str | None = None
    kinderen_veilig: str | None = None
    steun: str | None = None
    vermoeden: str | None = None
    hulp_mogelijk: str | None = None
    hulp_aanvaard: str | None = None
    hulp_werkt: str | None = None

    def __post_init__(self) -> None:
        for name, options in OPTIONS.items():
            value = getattr(self, name)
            if value is not None and value not in options:
                raise ValueError(f"{name}: {value!r} is not one of {', '.join(options)}")
        if self.zelf is not None and self.zelf not in ZELF:
            raise ValueError(f"zelf: {self.zelf!r} is not one of {', '.join(ZELF)}")
        if self.kindcheck and not self.professional:
            # for who works with adults only: it would take the questions about danger away from a neighbour, and ask nothing instead
            object.__setattr__(self, "kindcheck", False)

    def with_(self, **changes: Any) -> Situation:
        """A copy with the given fields changed."""
        return replace(self, **changes)

    @property
    def sector(self) -> str:
        """Sector of the afwegingskader; an unknown role gets the cautious national default."""
        return SECTOR.get(self.rol or "", "ander")

    @property
    def doctor(self) -> bool:
        """A doctor who follows the KNMG order (§2.4)."""
        return self.rol == "huisarts" and self.eigen not in IN_PRACTICE

    @property
    def assists(self) -> bool:
        """Works in a doctor's practice and is no doctor."""
        return self.rol == "huisarts" and self.eigen in IN_PRACTICE

    @property
    def professional(self) -> bool:
        """Works under the meldcode (or may do so) and speaks in that capacity."""
        return self.zelf is None and self.rol != "geen_beroep"

    @property
    def school(self) -> str | None:
        """Kind of school: told, or following from the age of the child (§2.4)."""
        if self.school_soort:
            return self.school_soort
        if self.leeftijd == "18+":
            return "mbo"
        return {"4-12": "po", "13-17": "vo"}.get(self.leeftijd or "")

    def at_least(self, step: str) -> bool:
        """Whether the meldcode has come at least as far as `step`; a later step implies the earlier (§2.2)."""
        order = OPTIONS["voortgang"]
        return self.voortgang is not None and order.index(self.voortgang) >= order.index(step)


FIELDS = tuple(f.name for f in fields(Situation))
