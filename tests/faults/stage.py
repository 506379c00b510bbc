"""Sets the stage for each fault: who is there at first, who is to be there in the end."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import Any

from tests.faults.photo import kept, photo
from tests.faults.scenarios import Fleet
from tests.faults.world import World


@dataclass(frozen=True)
class Change:
    """From one fleet to another; `subject` is the tenant that it is about, `named` what it is
    called in the end."""

    start: Fleet
    end: Fleet
    subject: str
    named: str
    act: str = "apply"

    @property
    def variant(self) -> object:
        """Of the subject in the end; a recreation and a swap go to and fro between two."""
        entry = self.end.get(self.named, {})
        return entry.get("tier"), entry.get("image")

    @property
    def tenants(self) -> tuple[str, ...]:
        return (self.subject,) if self.subject == self.named else (self.subject, self.named)


class Stage:
    """A calm neighbour stands by all the time. Others come and go by one change at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.calm = f"calm-{secrets.token_hex(3)}"
        self.expected: dict[tuple[str, object], Any] = {}  # by scenario and variant

    def change(self, scenario: str) -> Change:
        """The next change of this kind, from as near as possible to what is there."""
        here = dict(self.world.fleet) or {self.calm: {"name": "Calm"}}
        subject = next((one for one in here if one != self.calm), None)
        if scenario == "create":
            start, new = {self.calm: here[self.calm]}, self._new()
            return Change(start, start | {new: {"name": "Subject"}}, new, new)
        subject = subject or self._new()
        entry = dict(here.get(subject, {"name": "Subject"}))
        if entry.get("image") == self.world.stack.image("fussy"):  # refused: it runs as before
            del entry["image"]
        entry.pop("renamed_from", None)  # that is done
        start = {self.calm: here[self.calm], subject: entry}
        return self._changed(scenario, start, subject)

    def _changed(self, scenario: str, start: dict[str, Any], subject: str) -> Change:
        calm = {self.calm: start[self.calm]}
        if scenario == "retire":
            return Change(start, calm, subject, subject)
        if scenario in ("sleep", "wake"):
            return Change(start, start, subject, subject, act=scenario)
        if scenario in ("swap", "failed-swap"):
            return self._swapped(scenario, start, subject)
        if scenario == "recreate":
            tier = "small" if start[subject].get("tier") == "medium" else "medium"
            return Change(
                start, calm | {subject: start[subject] | {"tier": tier}}, subject, subject
            )
        named = self._new()
        entry = start[subject] | {"renamed_from": subject}
        return Change(start, calm | {named: entry}, subject, named)

    def _swapped(self, scenario: str, start: dict[str, Any], subject: str) -> Change:
        """To and fro between two images; from either to one that does not take its data."""
        image = self.world.stack.image
        good, newer, fussy = image("good"), image("newer"), image("fussy")
        here = start[subject].get("image", good)
        aim = fussy if scenario == "failed-swap" else newer if here == good else good
        if scenario == "failed-swap":
            here = good
        begin = start | {subject: start[subject] | {"image": here}}
        end = start | {subject: start[subject] | {"image": aim}}
        return Change(begin, end, subject, subject)

    def begin(self, change: Change) -> dict[str, str]:
        """At the start of the change, with words in the subject's data; what must be kept."""
        self.world.bring_to(change.start, asleep=change.subject if change.act == "wake" else "")
        if change.subject not in change.start:
            return {}
        file = self.world.stack.data(change.subject) / "files/sales.csv"
        if not file.exists():
            owner = file.parents[1].stat().st_uid
            file.parent.mkdir(exist_ok=True)
            file.write_text("day,amount\n2026-01-01,17\n")
            for path in (file.parent, file):
                path.chmod(0o700)
                _own(path, owner)
        return kept(self.world, change.subject)

    def photo(self, change: Change) -> Any:
        return photo(self.world, change.tenants)

    @staticmethod
    def _new() -> str:
        return f"subject-{secrets.token_hex(4)}"


def _own(path: Any, uid: int) -> None:
    os.chown(path, uid, uid)
