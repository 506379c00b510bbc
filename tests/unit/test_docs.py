"""docs/tenants-yaml.md is what the table of keys says, and its examples work."""

from pathlib import Path

from orchestrator import docs
from orchestrator.adapters.tenants_file import load_fleet, load_text
from orchestrator.core.fleet import keys

EXAMPLES = docs.DOCS / "examples"


def test_the_page_is_up_to_date():
    assert docs.main(["--check"]) == 0


def test_a_stale_page_is_told_and_written_again(tmp_path, monkeypatch, capsys):
    page = tmp_path / "tenants-yaml.md"
    monkeypatch.setattr(docs, "PAGE", page)
    assert docs.main(["--check"]) == 1
    assert "is stale: run python -m orchestrator.docs" in capsys.readouterr().err
    assert not page.exists()
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
    page.write_text(page.read_text() + "x")
    assert docs.main(["--check"]) == 1


def test_the_examples_load():
    smallest = load_fleet(EXAMPLES / "smallest.yaml").fleet
    assert [tenant.id for tenant in smallest.tenants] == ["customer-a"]
    assert load_fleet(EXAMPLES / "full.yaml").problems == ()


def test_the_full_example_has_every_key():
    words = set((EXAMPLES / "full.yaml").read_text().replace("{", " ").split())
    for table in (keys.FILE_KEYS, keys.DEFAULT_KEYS, keys.TIER_KEYS, keys.TENANT_KEYS):
        assert {f"{key.name}:" for key in table} <= words


def test_the_example_of_every_key_is_good():
    for section, table in (
        ("", keys.FILE_KEYS),
        ("defaults", keys.DEFAULT_KEYS),
        ("tiers.small", keys.TIER_KEYS),
        ("tenants.a", keys.TENANT_KEYS),
    ):
        for key in table:
            path = f"{section}.{key.name}".strip(".")
            assert _problems_at(section, f"{key.name}: {key.example}", path) == []


def _problems_at(section, setting, path):
    """What is wrong with one setting, whatever else is missing around it."""
    outer, _, inner = section.partition(".")
    text = f"{{{setting}}}"
    if inner:
        text = f"{{{inner}: {text}}}"
    text = f"{outer}: {text}\n" if outer else f"{setting}\n"
    tiers = "" if outer == "tiers" else "tiers: {small: {}, medium: {}}\n"
    problems = load_text(text + tiers).problems
    return [str(problem) for problem in problems if problem.path.startswith(path)]


def test_every_key_is_on_the_page():
    page = docs.PAGE.read_text()
    for table in (keys.FILE_KEYS, keys.DEFAULT_KEYS, keys.TIER_KEYS, keys.TENANT_KEYS):
        for key in table:
            assert f"| `{key.name}` | {key.type} | {key.default_words} | {key.effect} |" in page
            assert key.about in page


def test_the_page_names_no_path_of_this_machine():
    assert str(Path(__file__).parents[2]) not in docs.render()
