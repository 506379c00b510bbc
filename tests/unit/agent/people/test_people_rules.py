"""Names, passwords, the last admin, the limit: the rules about people."""

from __future__ import annotations

import pytest
from data_agent.errors import Conflict, Invalid, LimitReached
from data_agent.people import rules
from data_agent.people.values import User
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize("name", ["bob", " Bob ", "a.b-c_d", "ann@example.org", "7", "x" * 64])
def test_usable_names_are_kept_in_lower_case(name: str) -> None:
    assert rules.user_name(name) == name.strip().lower()


@pytest.mark.parametrize(
    "name", ["", " ", "-a", ".a", "a b", "a/b", "zoë", "x" * 65, None, 7, "a\nb"]
)
def test_other_names_are_refused(name: object) -> None:
    with pytest.raises(Invalid):
        rules.user_name(name)


@given(st.text(max_size=80))
def test_a_name_is_either_refused_or_safe_in_paths_and_addresses(text: str) -> None:
    try:
        name = rules.user_name(text)
    except Invalid:
        return
    assert name.isascii() and name == name.lower()
    assert not set(name) & set("/\\?#% \t\r\n\"'<>&;")


@pytest.mark.parametrize(
    "password", ["tiny", "x" * 257, "password123", "0123456789", "9876543210", "ababababab"]
)
def test_bad_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        rules.check_new_password(password, name="bob")


def test_the_user_name_with_a_little_more_is_no_password() -> None:
    with pytest.raises(Invalid, match="user name"):
        rules.check_new_password("Christopher1", name="christopher")


def test_common_passwords_are_a_list_of_real_candidates() -> None:
    common = rules.common_passwords()
    assert len(common) > 150
    assert all(len(each) >= rules.PASSWORD_MIN and each == each.casefold() for each in common)


def test_composed_and_decomposed_letters_are_one_password() -> None:
    assert rules.normal_password("e\u0301cole buissonniere") == rules.normal_password(
        "\u00e9cole buissonniere"
    )


def test_a_full_tier_says_how_full() -> None:
    rules.check_room_for_user(2, 3)
    rules.check_room_for_user(10**6, None)
    with pytest.raises(LimitReached, match="3 of 3") as caught:
        rules.check_room_for_user(3, 3)
    assert (caught.value.used, caught.value.allowed) == (3, 3)


def test_the_last_admin_stays() -> None:
    users = {"a": User("a", "admin", "", False, 0), "b": User("b", "user", "", False, 0)}
    with pytest.raises(Conflict, match="last admin"):
        rules.check_keeps_an_admin(users, without="a")
    rules.check_keeps_an_admin(users, without="b")
