"""What a prompt that sorts customers' messages must satisfy, whatever the model says."""

import json
from pathlib import Path

from pytest_metamorphic_guard import Task

QUESTIONS = [
    json.loads(line)
    for line in Path(__file__).with_name("questions.jsonl").read_text().splitlines()
]
OTHER_WORDS = {question["text"]: question["other_words"] for question in QUESTIONS}
TOPICS = {"delivery", "payment", "account", "praise", "other"}

prompt = Task("prompt", inputs=[(question["text"],) for question in QUESTIONS])


def same_topic(before, after):
    return before["topic"] == after["topic"]


def at_least_as_urgent(before, after):
    return after["urgency"] >= before["urgency"]


@prompt.relation(expect=same_topic, min_pass_rate=0.9)
def paraphrased(text):
    """Other words for the same have the same topic, most of the time."""
    return (OTHER_WORDS[text],)


@prompt.relation(expect=same_topic)
def polite(text):
    """A greeting changes no topic."""
    return (f"Dear all, {text} Kind regards",)


@prompt.relation(expect=at_least_as_urgent)
def angrier(text):
    """Who writes that it is urgent is not less urgent."""
    return (f"URGENT! {text}",)


@prompt.property
def well_formed(answer):
    assert set(answer) == {"topic", "urgency"}
    assert answer["topic"] in TOPICS
    assert answer["urgency"] in range(1, 6)
