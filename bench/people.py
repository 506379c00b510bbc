"""Twenty people of one customer, each signed in, who ask at the same moment; and one by one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bench import starts
from bench.boxes import Box, Boxes
from bench.inside import PASSWORD
from orchestrator.core.fleet import Tier
from orchestrator.demo.agent_api import AgentApi
from orchestrator.errors import OrchestratorError

PEOPLE = 20
# The tier that takes so many people; as in tenants.yaml, and without an end to the questions.
LARGE = Tier("large", None, None, 2 * 2**30, 2000, 20 * 2**30, None, 200)
QUESTIONS = (
    "total price by city in t",
    "how many rows in t by product top 10",
    "average discount by city in t",
    "top 10 products by total price in t",
    "maximum price where city is Bonn in t",
)
WITHIN_S = 60.0
IDLE_S = 15.0  # a worker that nobody asks ends after 10

Say = Callable[[str], None]


@dataclass
class People:
    """Seconds of each answer and of each whole round; how many questions were not answered."""

    together_s: list[float] = field(default_factory=list)
    alone_s: list[float] = field(default_factory=list)
    rounds_together_s: list[float] = field(default_factory=list)
    rounds_alone_s: list[float] = field(default_factory=list)
    failed: int = 0
    rest: int = 0  # bytes by cgroup when all have gone


def measure(boxes: Boxes, small: Box, rounds: int, say: Say) -> People:
    """`small` has table t and an admin. It becomes a large tenant over the same data."""
    box = boxes.again(small, LARGE)
    starts.start(box)
    people = _twenty(box)
    found = People()
    for person in people[:2]:  # the first question imports and starts what the next ones find
        _timed(person, QUESTIONS[0], [])
    for number in range(rounds):
        for together in (True, False) if number % 2 == 0 else (False, True):
            (_together if together else _one_by_one)(people, found)
        say(
            f"  {PEOPLE} questions at once: {found.rounds_together_s[-1]:.2f} s; one by one: "
            f"{found.rounds_alone_s[-1]:.2f} s; failed so far: {found.failed}"
        )
    time.sleep(IDLE_S)
    found.rest = boxes.use(box).memory
    boxes.stop(box)
    return found


def _twenty(box: Box) -> list[AgentApi]:
    admin = _person(box)
    admin.sign_in("admin", PASSWORD)
    people = []
    for number in range(PEOPLE):
        name = f"person{number:02}"
        first = admin.add_user(name, "user")
        one = _person(box)
        one.sign_in(name, first)
        one.change_password(first, PASSWORD)
        one.sign_in(name, PASSWORD)
        people.append(one)
    return people


def _person(box: Box) -> AgentApi:
    return AgentApi(box.url, *box.address, tries=1, timeout_s=WITHIN_S)


def _together(people: list[AgentApi], found: People) -> None:
    ready = threading.Barrier(len(people))

    def ask(number: int) -> bool:
        ready.wait(WITHIN_S)
        return _timed(people[number], QUESTIONS[number % len(QUESTIONS)], found.together_s)

    began = time.perf_counter()
    with ThreadPoolExecutor(len(people)) as threads:
        found.failed += sum(not right for right in threads.map(ask, range(len(people))))
    found.rounds_together_s.append(time.perf_counter() - began)


def _one_by_one(people: list[AgentApi], found: People) -> None:
    began = time.perf_counter()
    for number, person in enumerate(people):
        right = _timed(person, QUESTIONS[number % len(QUESTIONS)], found.alone_s)
        found.failed += not right
    found.rounds_alone_s.append(time.perf_counter() - began)


def _timed(person: AgentApi, question: str, seconds: list[float]) -> bool:
    """Whether it was answered."""
    began = time.perf_counter()
    try:
        answered = bool(person.ask(question).get("answered"))
    except OrchestratorError:
        answered = False
    seconds.append(time.perf_counter() - began)
    return answered
