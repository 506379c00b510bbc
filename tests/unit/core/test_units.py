"""Sizes, durations, cpus, counts and prices: values, and the exact words of a refusal."""

import pytest

from orchestrator.core import units
from orchestrator.core.problems import Unfit

MIB, GIB = 1024**2, 1024**3


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("384m", 384 * MIB),
        ("1g", GIB),
        ("1.5g", 1536 * MIB),
        ("512MiB", 512 * MIB),
        ("512MB", 512 * MIB),
        ("512 Mb", 512 * MIB),
        ("1G", GIB),
        ("64k", 64 * 1024),
        ("2t", 2048 * GIB),
        ("0.0001g", 107374),
    ],
)
def test_sizes(text, size):
    assert units.parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("30m", 1800), ("2h", 7200), ("1d", 86400), ("never", None)]
)
def test_durations(text, seconds):
    assert units.parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "millicpus"), [("0.5", 500), ("2", 2000), ("0.1", 100), ("64", 64000), ("1.125", 1125)]
)
def test_cpus(text, millicpus):
    assert units.parse_millicpus(text) == millicpus


def test_counts_limits_and_prices():
    assert units.parse_count("5") == 5
    assert units.parse_limit("unlimited") is None
    assert units.parse_limit("1000") == 1000
    assert units.parse_price("0") == 0
    assert units.parse_price("49.90") == 49.9


def small_size(text):
    return units.parse_size(text, minimum=128 * MIB)


def long_duration(text):
    return units.parse_duration(text, minimum=30)


@pytest.mark.parametrize(
    ("parse", "text", "message", "mend"),
    [
        (small_size, "384", "'384' has no unit", "write 384m for MiB or 384g for GiB"),
        (
            small_size,
            "lots",
            "'lots' is not a size",
            "write a number and a unit, such as 384m or 1.5g",
        ),
        (
            small_size,
            "-1g",
            "'-1g' is not a size",
            "write a number and a unit, such as 384m or 1.5g",
        ),
        (
            small_size,
            "1,5g",
            "'1,5g' is not a size",
            "write a number and a unit, such as 384m or 1.5g",
        ),
        (small_size, "127m", "'127m' is too small", "give at least 128m"),
        (small_size, "1025t", "'1025t' is too large", "give at most 1024t"),
        (long_duration, "30", "'30' has no unit", "write 30m for minutes or 30s"),
        (
            long_duration,
            "1h30m",
            "'1h30m' is not a duration",
            "write 30s, 30m, 2h, 1d or never",
        ),
        (long_duration, "0s", "'0s' is too short", "give at least 30s"),
        (long_duration, "366d", "'366d' is too long", "give at most 365d, or never"),
        (
            units.parse_millicpus,
            "500m",
            "'500m' is not a number of cpus",
            "write a number such as 0.5 or 2",
        ),
        (units.parse_millicpus, "0.05", "'0.05' cpus is out of range", "give 0.1 to 64"),
        (units.parse_millicpus, "65", "'65' cpus is out of range", "give 0.1 to 64"),
        (
            units.parse_millicpus,
            "0.1234",
            "'0.1234' is too fine",
            "give at most three decimals, such as 0.125",
        ),
        (units.parse_count, "0", "'0' is not a whole number from 1 on", "write a number such as 5"),
        (
            units.parse_count,
            "1_000",
            "'1_000' is not a whole number from 1 on",
            "write a number such as 5",
        ),
        (units.parse_count, "99999999999", "'99999999999' is too large", "give at most 1000000000"),
        (
            units.parse_limit,
            "many",
            "'many' is not a whole number from 1 on",
            "write a number such as 5, or unlimited",
        ),
        (
            units.parse_price,
            "-1",
            "'-1' is not a price",
            "write a number from 0 on, such as 50 or 49.90",
        ),
        (
            units.parse_price,
            ".nan",
            "'.nan' is not a price",
            "write a number from 0 on, such as 50 or 49.90",
        ),
    ],
)
def test_refusals(parse, text, message, mend):
    with pytest.raises(Unfit) as refused:
        parse(text)
    assert (str(refused.value), refused.value.mend) == (message, mend)


def test_digits_of_other_scripts_are_no_numbers():
    for parse in (small_size, units.parse_millicpus, units.parse_count, units.parse_price):
        with pytest.raises(Unfit):
            parse("٣")


@pytest.mark.parametrize("size", [64 * 1024, 384 * MIB, 1536 * MIB, 20 * GIB, 2048 * GIB])
def test_a_formatted_size_is_read_back(size):
    assert units.parse_size(units.format_size(size)) == size


@pytest.mark.parametrize("seconds", [30, 90, 1800, 7200, 86400, 90000, None])
def test_a_formatted_duration_is_read_back(seconds):
    assert units.parse_duration(units.format_duration(seconds)) == seconds


def test_formats_for_people():
    assert units.format_size(384 * MIB) == "384m"
    assert units.format_duration(1800) == "30m"
    assert units.format_cpus(500) == "0.5"
    assert units.format_cpus(2000) == "2"
    assert units.format_limit(None) == "unlimited"
    assert units.format_limit(5) == "5"
