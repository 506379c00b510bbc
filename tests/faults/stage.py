"""Sets the stage for each fault: who is there at first, who is to be there in the end."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.photo import kept, photo
from tests.faults.scenarios import Fleet
from tests.faults.world import World


@dataclass(frozen=True)
class Change:
    """From one fleet to another; `subject` is the tenant that it is about, `named` what it is
    called in the end. An update is about one `more` as well, which comes after."""

    start: Fleet
    end: Fleet
    subject: str
    named: str
    image: str  # of the subject in the end
    act: str = "apply"
    more: tuple[str, ...] = ()

    @property
    def variant(self) -> object:
        """Of the subject in the end; what changes a tier or an image goes to and fro."""
        entry = self.end.get(self.named, {})
        return entry.get("tier"), entry.get("image"), self.image

    @property
    def tenants(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.subject, self.named, *self.more)))

    @property
    def acts_on(self) -> str:
        return self.image if self.act == "update" else self.subject


class Stage:
    """A calm neighbour stands by all the time. Others come and go by one change at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.calm = f"calm-{secrets.token_hex(3)}"
        self.expected: dict[tuple[str, object], Any] = {}  # by scenario and variant

    def change(self, scenario: str) -> Change:
        """The next change of this kind, from as near as possible to what is there."""
        # It has an image of its own, so that no update is about it.
        calm = {self.calm: {"name": "Calm", "image": self._good}}
        here = dict(self.world.fleet) or calm
        there = [one for one in here if one != self.calm]
        if scenario == "create":
            new = self._new()
            end = calm | {new: {"name": "Subject"}}
            return Change(calm, end, new, new, self.world.image)
        subject = there[0] if there else self._new()
        entry = dict(here.get(subject, {"name": "Subject"}))
        if entry.get("image") == self.world.stack.image("fussy"):  # refused: it runs as before
            del entry["image"]
        entry.pop("renamed_from", None)  # that is done
        if scenario == "update":
            return self._updated(calm, subject, there[1] if there[1:] else self._new("twin"))
        return self._changed(scenario, calm, subject, entry)

    def _changed(
        self, scenario: str, calm: Fleet, subject: str, entry: dict[str, object]
    ) -> Change:
        start, image = {**calm, subject: entry}, str(entry.get("image", self.world.image))
        if scenario == "retire":
            return Change(start, calm, subject, subject, image)
        if scenario in ("sleep", "wake"):
            return Change(start, start, subject, subject, image, act=scenario)
        if scenario in ("swap", "failed-swap"):
            return self._swapped(scenario, calm, subject, entry)
        if scenario == "recreate":
            tier = "small" if entry.get("tier") == "medium" else "medium"
            end = {**calm, subject: entry | {"tier": tier}}
            return Change(start, end, subject, subject, image)
        named = self._new()
        end = {**calm, named: entry | {"renamed_from": subject}}
        return Change(start, end, subject, named, image)

    def _swapped(
        self, scenario: str, calm: Fleet, subject: str, entry: dict[str, object]
    ) -> Change:
        """To and fro between two images; from the first to one that does not take its data."""
        here = entry.get("image", self.world.image)
        aim = self.world.stack.image("newer") if here == self._good else self._good
        if scenario == "failed-swap":
            here, aim = self._good, self.world.stack.image("fussy")
        start = {**calm, subject: entry | {"image": here}}
        end = {**calm, subject: entry | {"image": aim}}
        return Change(start, end, subject, subject, aim)

    def _updated(self, calm: Fleet, subject: str, other: str) -> Change:
        """Two of them, to and fro between two images of the whole fleet."""
        aim = self.world.stack.image("newer") if self.world.image == self._good else self._good
        both = {**calm, subject: {"name": "Subject"}, other: {"name": "Other"}}
        return Change(both, both, subject, subject, aim, act="update", more=(other,))

    @property
    def _good(self) -> str:
        return self.world.stack.image("good")

    def begin(self, change: Change) -> dict[str, dict[str, str]]:
        """At the start of the change, with words in the subjects' data; what each must keep,
        under the name that it has in the end."""
        self.world.bring_to(change.start, asleep=change.subject if change.act == "wake" else "")
        found = {}
        for tenant in (change.subject, *change.more):
            if tenant in change.start:
                self._leave_words(tenant)
                named = change.named if tenant == change.subject else tenant
                found[named] = kept(self.world, tenant)
        return found

    def _leave_words(self, tenant: str) -> None:
        file = self.world.stack.data(tenant) / "files/sales.csv"
        if file.exists():
            return
        owner = file.parents[1].stat().st_uid
        file.parent.mkdir(exist_ok=True)
        file.write_text("day,amount\n2026-01-01,17\n")
        for path in (file.parent, file):
            path.chmod(0o700)
            _own(path, owner)

    def photo(self, change: Change) -> Any:
        return photo(self.world, change.tenants, updated=change.act == "update")

    @staticmethod
    def _new(word: str = "subject") -> str:
        return f"{word}-{secrets.token_hex(4)}"


def _own(path: Path, uid: int) -> None:
    os.chown(path, uid, uid)
