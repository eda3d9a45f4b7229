"""The command that a failure prints runs that failure again, wherever it was found."""

import json
import os
import shlex

import pytest

WRONG = "def solve(x):\n    return -x\n"
GOOD = "def solve(x):\n    return x\n"
DECLARED = """
    @t.property
    def kept(output, x):
        assert output == x
    """


@pytest.fixture
def shop(project):
    project.write_task(DECLARED, inputs="[(1,), (2,)]")
    project.write(wrong=WRONG, good=GOOD)
    for folder in ("a", "b"):
        (project.path / folder).mkdir()
        project.write(**{f"{folder}/new": WRONG})
    return project


def find_words(text):
    """The words of the command in a failure text."""
    command = text.partition("reproduce   ")[2].partition("@t.example")[0]
    return [word for word in shlex.split(command.partition("with this run")[0]) if word != "pytest"]


def test_of_several_candidates_the_command_names_the_one_that_failed(shop, read_texts):
    result = shop.run("--mg-candidate=good.py", "--mg-candidate=wrong.py")
    words = find_words(read_texts(result)["kept[wrong]"])
    assert words == ["test_it.py::t::kept", "--mg-candidate=wrong.py"]
    shop.run(*words).assert_outcomes(failed=1)


def test_candidates_of_one_name_are_told_apart_in_the_command(shop, read_texts):
    result = shop.run("--mg-candidate=a/new.py", "--mg-candidate=b/new.py")
    (first, second) = map(find_words, read_texts(result).values())
    assert first[1:] == ["--mg-candidate=a/new.py"]
    assert second[1:] == ["--mg-candidate=b/new.py"]


def test_a_candidate_of_one_task_keeps_that_in_the_command(shop, read_texts):
    shop.write_task(DECLARED, inputs="[(1,)]")
    result = shop.run("--mg-candidate=t=wrong.py", "--mg-candidate=good.py")
    assert find_words(*read_texts(result).values())[1:] == ["--mg-candidate=t=wrong.py"]


def test_another_parameter_of_a_law_stays_in_the_command(shop, read_texts):
    shop.write_task(
        """
        import pytest

        @t.law
        @pytest.mark.parametrize("factor", [1, 2])
        def scaled(solve, x, *, factor):
            assert solve(x) == x
        """,
        inputs="[(1,)]",
    )
    texts = read_texts(shop.run("--mg-candidate=good.py", "--mg-candidate=wrong.py"))
    for factor, text in zip((1, 2), texts.values(), strict=True):
        words = find_words(text.replace("E       ", ""))
        assert words == [f"test_it.py::t::scaled[{factor}]", "--mg-candidate=wrong.py"]
        shop.run(*words).assert_outcomes(failed=1)


def test_paths_of_a_configuration_file_are_written_for_the_folder_of_the_run(shop, read_texts):
    (shop.path / "pytest.ini").write_text(
        "[pytest]\nmg_baseline = good.py\nmg_candidate = wrong.py:solve\n"
    )
    folder = shop.path / "sub"
    folder.mkdir()
    os.chdir(folder)
    words = find_words(*read_texts(shop.run("../test_it.py")).values())
    assert words == [
        "../test_it.py::t::kept",
        "--mg-candidate=../wrong.py:solve",
        "--mg-baseline=../good.py",
    ]
    (shop.path / "pytest.ini").write_text("[pytest]\n")
    shop.run(*words).assert_outcomes(failed=1)


def test_the_configuration_of_the_executor_local_is_in_the_command(shop, read_texts):
    data = shop.path / "data with spaces"
    data.mkdir()
    config = json.dumps({"read": [str(data)], "isolation": "fork", "env": ["HOME"]})
    result = shop.run("--mg-candidate=wrong.py", f"--mg-executor-config={config}")
    words = find_words(*read_texts(result).values())
    assert "--mg-isolation=fork" in words
    (given,) = (word for word in words if word.startswith("--mg-executor-config="))
    assert json.loads(given.partition("=")[2]) == {"read": [str(data)], "env": ["HOME"]}
    shop.run(*words).assert_outcomes(failed=1)


def test_the_configuration_of_another_executor_is_said_to_be_left_out(shop, read_texts):
    shop.write(
        remote="""
        class Remote:
            def __init__(self, config=None):
                pass

            def execute(self, file_path, func_name, args, timeout_s, mem_mb):
                return {"success": True, "result": 0}
        """
    )
    secret = "a-very-secret-token"
    result = shop.run(
        "--mg-candidate=wrong.py",
        "--mg-executor=remote:Remote",
        "--mg-executor-config=" + json.dumps({"token": secret}),
    )
    (text,) = read_texts(result).values()
    assert secret not in text
    assert "with this run's --mg-executor-config, which may hold secrets" in text
