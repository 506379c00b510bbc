"""argon2id as it is configured, and first passwords as they are made."""

from __future__ import annotations

import asyncio

from data_agent.errors import TooManyAttempts
from data_agent.people.hashing import READABLE, WAITING, HashCost, Passwords, random_password

from tests.support.agent import CHEAP


def test_the_default_cost_is_owasps() -> None:
    encoded = asyncio.run(Passwords(HashCost()).hash("correct horse"))
    assert encoded.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_right_password_of_a_real_user_is_right() -> None:
    async def check() -> list[bool]:
        passwords = Passwords(CHEAP)
        encoded = await passwords.hash("correct horse")
        return [
            await passwords.verify(encoded, "correct horse"),
            await passwords.verify(encoded, "wrong horse"),
            await passwords.verify(None, "correct horse"),
            await passwords.verify("no hash", "correct horse"),
        ]

    assert asyncio.run(check()) == [True, False, False, False]


def test_a_hash_with_other_parameters_is_outdated() -> None:
    encoded = asyncio.run(Passwords(CHEAP).hash("correct horse"))
    assert not Passwords(CHEAP).is_outdated(encoded)
    assert Passwords(HashCost()).is_outdated(encoded)


def test_a_crowd_is_turned_away_instead_of_piling_up() -> None:
    async def crowd() -> list[object]:
        passwords = Passwords(HashCost(memory_kib=1024, time=1))
        tries = [passwords.hash("x") for _ in range(WAITING * 2)]
        return await asyncio.gather(*tries, return_exceptions=True)

    results = asyncio.run(crowd())
    assert sum(isinstance(each, TooManyAttempts) for each in results) == WAITING
    assert sum(isinstance(each, str) for each in results) == WAITING


def test_first_passwords_are_long_readable_and_different() -> None:
    made = {random_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password.replace("-", "")) == 20
        assert set(password) <= set(READABLE + "-")
    assert not set(READABLE) & set("0o1lIi")
