"""The reference page names the options, defaults and alerts that the monitors have."""

import importlib.metadata
import inspect
import re
from pathlib import Path

import pytest

from pytest_metamorphic_guard.contracts.monitoring import MonitorRecord
from pytest_metamorphic_guard.watch.specs import ALIASES, COMMON_OPTIONS, parse_monitor_spec

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "monitors.md").read_text()
POINTS = {
    point.name: point
    for point in importlib.metadata.entry_points(group="metamorphic_guard.monitors")
    if point.dist.name == "pytest-metamorphic-guard"
}


def read_section(name):
    (section,) = re.findall(rf"(?ms)^## {name}\n(.*?)(?=^## |\Z)", PAGE)
    return section


@pytest.mark.parametrize("name", sorted(POINTS))
def test_the_options_and_defaults_of_a_monitor_are_those_of_its_constructor(name):
    documented = re.findall(r"(?m)^\| `(\w+)` \| `([^`]*)` \|", read_section(name))
    parameters = inspect.signature(POINTS[name].load()).parameters
    assert [option for option, _ in documented] == list(parameters)
    for option, default in documented:
        read = parse_monitor_spec(f"m:{option}={default}").options[option]
        expected = parameters[option].default
        assert read == (list(expected) if isinstance(expected, tuple) else expected)


@pytest.mark.parametrize("name", sorted(POINTS))
def test_the_alert_types_of_a_monitor_are_those_in_its_source(name):
    documented = set(
        re.findall(r"(?m)^\| `(\w+)` \| (?:error|warning|info) \|", read_section(name))
    )
    source = inspect.getsource(inspect.getmodule(POINTS[name].load()))
    made = set(re.findall(r'make_alert\(\s*"(\w+)"', source))
    assert made
    assert documented == made


@pytest.mark.parametrize("name", sorted(POINTS))
def test_the_summary_keys_of_a_monitor_are_documented(name, observe):
    summary = observe(POINTS[name].load()(), [])["summary"]
    words = set(re.findall(r"`(\w+)`", read_section(name)))
    for key, value in summary.items():
        if key in ("baseline", "candidate"):
            assert words >= set(value)
        else:
            assert key in words or key == "paired"
            if isinstance(value, dict) and "as for latency" not in read_section(name):
                assert words >= set(value)


def test_common_options_and_other_names_are_documented():
    assert re.findall(r"(?m)^`(\w+)`\n: ", PAGE) == ["id", "severity", "required"]
    assert set(COMMON_OPTIONS) == {"id", "severity", "required"}
    assert all(f"`{alias}`" in PAGE and f"`{name}`" in PAGE for alias, name in ALIASES.items())


def test_the_how_to_names_every_field_of_a_record():
    page = (DOCS / "how-to" / "write-a-monitor.md").read_text()
    assert re.findall(r"(?m)^\| `(\w+)` \| ", page) == list(MonitorRecord.__dataclass_fields__)
