import json

import pytest

from pytest_metamorphic_guard.report.redaction import REDACTED, Redaction, is_secret_name


@pytest.mark.parametrize(
    "name",
    ["api_key", "OPENAI_API_KEY", "apiKey", "APIKey", "x-api-key", "token", "accessToken",
     "secret", "client_secret", "password", "DB_PASSWORD", "Authorization", "cookie",
     "aws_secret_access_key", "private key", "credentials"],
)  # fmt: skip
def test_a_key_that_names_a_secret_is_known(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["tokens", "tokens_total", "tokens_prompt", "key", "monkey", "author", "keyboard", "tokenizer",
     "passed", "secretary", "cookies_baked", "api", "keys", ""],
)  # fmt: skip
def test_a_key_that_names_none_is_left_alone(name):
    assert not is_secret_name(name)


def test_values_under_secret_keys_go_and_their_shape_stays():
    data = {
        "api_key": "abc",
        "nested": [{"password": 12345, "user": "me"}],
        "token": None,
        "auth": {"kind": "basic", "retries": 3, "on": True, "none": ""},
        "secrets": ["a", "b"],
        "tokens_total": 99,
    }
    assert Redaction().apply(data) == {
        "api_key": REDACTED,
        "nested": [{"password": REDACTED, "user": "me"}],
        "token": None,
        "auth": {"kind": REDACTED, "retries": REDACTED, "on": True, "none": ""},
        "secrets": [REDACTED, REDACTED],
        "tokens_total": 99,
    }


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key sk-proj-abcdefghijklmnop1234 used", "abcdefghijklmnop"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIA"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_"),
        ("github_pat_11ABCDEFG0abcdefghijklmnopqrstuvwxyz", "github_pat_11"),
        ("xoxb-123456789012-abcdefghij", "123456789012"),
        ("AIzaSyA1234567890abcdefghijklmnopqrstuv", "AIza"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "eyJ"),
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        ("postgres://user:hunter22@db/prod", "hunter22"),
        ("--api-key hunter22 --verbose", "hunter22"),
        ('--mg-executor-config={"api_key": "hunter22", "n": 3}', "hunter22"),
        ("password=hunter22&x=1", "hunter22"),
        ("MY_SECRET: hunter22", "hunter22"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----", "MIIE"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out_of_a_text(text, secret):
    cleaned = Redaction().clean(text)
    assert secret in text
    assert secret not in cleaned
    assert REDACTED in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "0 regressions in 400 inputs: regression rate below 0.75 % at 95 %",
        "test_top_k.py::top_k::reordered[new]",
        "solve(xs=[3, 1, 2], k=2) == [3, 2]",
        "tokens: 3",
        "https://example.org/path?query=1",
        "the secret of the token",
    ],
)
def test_an_ordinary_text_stays_as_it_is(text):
    assert Redaction().clean(text) == text


def test_a_configured_secret_is_taken_out_wherever_it_turns_up():
    redaction = Redaction({"llm": {"api_key": "plainvalue", "model": "gpt"}, "pin_token": "123"})
    assert redaction.clean("401: plainvalue is not valid for gpt") == (
        f"401: {REDACTED} is not valid for gpt"
    )
    # A short value would hit ordinary text.
    assert redaction.clean("case 123") == "case 123"


def test_the_longer_of_two_configured_secrets_leaves_no_rest():
    redaction = Redaction({"token": "abcdef", "secret": "abcdefghij"})
    assert redaction.clean("abcdefghij") == REDACTED


def test_a_hostile_text_keeps_no_expression_busy_for_ever():
    # In square time each of them would outlast the suite's limit on a test many times over.
    for piece in ("a", "api_key", "-----BEGIN PRIVATE KEY-----", "eyJ", "a://b:", "token=", "sk-"):
        Redaction().clean(piece * (200_000 // len(piece)))


def test_redacted_data_is_still_json():
    data = {"a": ["token=abcdefgh", {"secret": {"b": [1.5, None]}}]}
    assert json.loads(json.dumps(Redaction().apply(data))) == {
        "a": [f"token={REDACTED}", {"secret": {"b": [REDACTED, None]}}]
    }
