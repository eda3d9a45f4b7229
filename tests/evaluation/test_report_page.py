"""The page that describes the report names what the schema has."""

import re
from pathlib import Path

from pytest_metamorphic_guard.report.document import read_schema

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "report.md"


def find_keys(schema):
    """Return every key that some object of the schema has."""
    keys = set(schema.get("properties", ()))
    for part in (*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()):
        keys |= find_keys(part)
    return keys


def test_every_key_of_the_schema_is_described():
    described = set(re.findall(r"`(\w+)`", PAGE.read_text()))

    assert find_keys(read_schema()) - described == set()
