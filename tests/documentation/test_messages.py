"""Every message that the tool can say leads to the topic that explains it."""

import importlib.util
import json
from pathlib import Path

import pytest

from pytest_metamorphic_guard.report.recognising import HOLE, LIST, recognise
from pytest_metamorphic_guard.report.topics import list_topics, name_said, read_topics

WRITER = Path(__file__).parents[2] / "docs" / "write_messages.py"


@pytest.fixture(scope="module")
def messages():
    """All messages of the source, by the word of their topic."""
    spec = importlib.util.spec_from_file_location("write_messages", WRITER)
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.make_list() == LIST.read_text(encoding="utf-8"), "run docs/write_messages.py"
    return writer.gather()


@pytest.mark.parametrize("value", ["x", "'new.py'", "a value\n  on two lines"])
def test_each_message_leads_to_its_topic_whatever_stands_in_its_holes(messages, value):
    lost = []
    for word, said in messages.items():
        for message in said:
            printed = message.replace(HOLE, value)
            alone = name_said(printed, otherwise=word)
            # As one of several faults of a declaration, which stand in one line.
            among = recognise(f"task 'prices' (test_prices.py:3): {printed}; and another fault")
            if alone != word or (word not in among and not printed.startswith("--mg-")):
                lost.append((word, alone, among, message))
    assert sum(map(len, messages.values())) > 1_000
    assert lost == []


def test_what_other_plugins_say_of_our_items_leads_to_its_topic():
    assert name_said("Timeout (>5.0s) from pytest-timeout; the input was (0,)", "x") == "timeout"


def test_what_is_no_message_of_the_tool_leads_nowhere():
    for text in ("", "ValueError: no such key", "policy", "assert [1, 2] == [2, 1]"):
        assert recognise(text) == (), text


def test_topics_are_told_in_lines_that_fit_and_in_whole_sentences():
    assert max(map(len, list_topics())) <= 80
    for topic in read_topics().values():
        for text in (topic.why, topic.remedy):
            assert text.endswith("."), topic.word
            assert len(text.split()) >= 12, topic.word


def test_the_list_that_is_shipped_has_every_topic():
    assert set(json.loads(LIST.read_text(encoding="utf-8"))) == set(read_topics())
