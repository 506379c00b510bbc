"""The data sets: the same at every run, of the promised shape, with what real exports have."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date

import pytest

from orchestrator.demo.cast import DEMO
from orchestrator.demo.data import DataSet

ALL = [data_set for customer in DEMO for data_set in customer.data_sets()]
BY_NAME = {data_set.name: data_set for data_set in ALL}


def column(data_set: DataSet, name: str) -> list[str]:
    at = data_set.header.index(name)
    return [row[at] for row in records(data_set)[1:]]


def records(data_set: DataSet) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data_set.as_csv().decode(), newline="")))


def test_the_cast_is_what_the_owner_describes():
    a, b = DEMO
    assert (a.id, 1 + len(a.people), len(a.data_sets())) == ("customer-a", 3, 5)
    assert (b.id, 1 + len(b.people), len(b.data_sets())) == ("customer-b", 2, 2)
    assert all(len(customer.questions) == 5 for customer in DEMO)


@pytest.mark.parametrize("data_set", ALL, ids=lambda one: one.name)
def test_shape(data_set):
    rows = records(data_set)
    assert rows[0] == list(data_set.header)
    assert 190 <= len(rows) - 1 <= 2000
    assert {len(row) for row in rows} == {len(data_set.header)}
    first = [row[0] for row in rows[1:]]
    assert data_set.name == "website_visits" or len(set(first)) == len(first)


@pytest.mark.parametrize("data_set", ALL, ids=lambda one: one.name)
def test_something_is_unknown_in_every_file(data_set):
    assert any("" in row for row in records(data_set)[1:])


def test_the_same_bytes_at_every_run():
    again = {one.name: one for customer in DEMO for one in customer.data_sets()}
    for name, data_set in BY_NAME.items():
        first, second = (hashlib.sha256(one.as_csv()) for one in (data_set, again[name]))
        assert first.hexdigest() == second.hexdigest()


def test_orders_belong_to_customers_and_products():
    orders = BY_NAME["sales_orders"]
    assert set(column(orders, "customer_id")) <= set(column(BY_NAME["customers"], "customer_id"))
    assert set(column(orders, "product_id")) <= set(column(BY_NAME["products"], "product_id"))


def test_revenue_is_quantity_times_price_less_discount():
    orders = BY_NAME["sales_orders"]
    names = ("quantity", "unit_price", "discount_percent", "revenue")
    for quantity, price, discount, revenue in zip(*(column(orders, n) for n in names), strict=True):
        wanted = int(quantity) * float(price) * (1 - int(discount) / 100)
        assert abs(float(revenue) - wanted) < 0.006


def test_dates_are_dates_and_reach_2026():
    for name, key in (("sales_orders", "order_date"), ("expenses", "spent_on")):
        days = [date.fromisoformat(text) for text in column(BY_NAME[name], key)]
        assert days == sorted(days)
        assert date(2024, 1, 1) <= days[0]
        assert days[-1].year == 2026


def test_what_makes_exports_hard_is_in_it():
    subjects = column(BY_NAME["support_tickets"], "subject")
    assert any("\n" in subject for subject in subjects)
    assert any('"' in subject for subject in subjects)
    assert any(name.endswith(" ") for name in column(BY_NAME["customers"], "name"))
    assert any("," in product for product in column(BY_NAME["products"], "product"))
    assert any(not name.isascii() for name in column(BY_NAME["customers"], "name"))
