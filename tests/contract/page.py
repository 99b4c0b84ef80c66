"""Uses the plain page as a person does: reads the form that is there, fills it in, sends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from tests.contract.support import Answer, Server, call

FORM = "application/x-www-form-urlencoded"
VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


@dataclass
class Form:
    """A form of the page: where it goes, what is filled in, what can be pressed (name, value, words)."""

    action: str = ""
    method: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """A page as read: its forms, its text, the classes of its elements, and anything that could run or load something."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.forms: dict[str, Form] = {}
        self.bubbles: list[tuple[str, str]] = []
        self.cards: list[str] = []
        self.alert = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._area: list[str] | None = None
        self._button: tuple[Form, str, str] | None = None
        self._said: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._text: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """The words of the page."""
        return " ".join("".join(self._text).split())

    @property
    def draft(self) -> str:
        """What stands in the answer field."""
        return self.forms["gesprek"].fields.get("bericht", "")

    @property
    def choices(self) -> dict[str, str]:
        """What can be pressed now: payload by title."""
        return {title: value for name, value, title in self.forms["gesprek"].buttons if name == "keuze"}

    def said(self, who: str) -> list[str]:
        """The bubbles of "gebruiker" or "routekaart"."""
        return [text for van, text in self.bubbles if van == who]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self.tags.append((tag, given))
        if tag not in VOID:
            self._open.append((tag, given))
        classes = given.get("class", "").split()
        if "bericht" in classes:
            self.bubbles.append(("gebruiker" if "van-gebruiker" in classes else "routekaart", ""))
        if "kaart" in classes:
            self.cards += [c for c in classes if c != "kaart" and not c.startswith("urg-")]
        if tag == "form":
            self._form = self.forms.setdefault(given.get("id") or given["action"], Form())
            self._form.action, self._form.method = given["action"], given.get("method", "get")
        target = self.forms.setdefault(given["form"], Form()) if "form" in given else self._form
        if target is not None and tag == "input":
            target.fields[given["name"]] = given.get("value", "")
        if target is not None and tag == "textarea":
            self._area = []
        if target is not None and tag == "button":
            self._button, self._said = (target, given.get("name", ""), given.get("value", "")), []

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
        if tag == "textarea" and self._area is not None and self._form is not None:
            self._form.fields["bericht"] = "".join(self._area).removeprefix("\n")
            self._area = None
        if tag == "button" and self._button is not None:
            form, name, value = self._button
            form.buttons.append((name, value, " ".join("".join(self._said).split())))
            self._button = None
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)
            return
        self._text.append(data + " ")
        if self._button is not None:
            self._said.append(data)
        within = [given for _, given in self._open]
        if any(given.get("role") == "alert" for given in within):
            self.alert += data
        if any("bericht" in given.get("class", "").split() for given in within):
            van, text = self.bubbles[-1]
            self.bubbles[-1] = (van, text + data)


class Visitor:
    """Somebody with a browser without scripts."""

    def __init__(self, server: Server, path: str = "/") -> None:
        self.server = server
        self.answer: Answer
        self.page: Page
        self._show(call(server, "GET", path))

    def _show(self, answer: Answer) -> Answer:
        self.answer, self.page = answer, Page(answer.text)
        return answer

    def filled(self, text: str = "", choice: str | None = None) -> dict[str, str]:
        """The fields of the form as the browser would send them."""
        fields = {**self.page.forms["gesprek"].fields, "bericht": text}
        return {**fields, "keuze": choice} if choice is not None else fields

    def send(self, fields: dict[str, str], action: str | None = None) -> Answer:
        """Send a form and show what comes back."""
        address = (action or self.page.forms["gesprek"].action).split("#")[0]
        return self._show(call(self.server, "POST", address, urlencode(fields), {"Content-Type": FORM}))

    def say(self, text: str) -> Answer:
        """Type something and send it; waits and tries again where it went too fast."""
        return self._patiently(lambda: self.filled(text))

    def press(self, title: str) -> Answer:
        """Press the button with this title."""
        assert title in self.page.choices, f"no button {title!r}: {list(self.page.choices)}"
        return self._patiently(lambda: self.filled(choice=self.page.choices[title]))

    def _patiently(self, fields: Callable[[], dict[str, str]]) -> Answer:
        for _ in range(5):
            answer = self.send(fields())
            if answer.status != 429:
                return answer
            time.sleep(2.1)
        raise AssertionError("always too fast")

    def leave(self, action: str) -> Answer:
        """Press the button below the conversation that starts over (/opnieuw) or stops (/stop)."""
        return self.send(dict(self.page.forms[action].fields), action)
