"""Tasks as items: what pytest and an editor see of them."""

import shlex

import pytest


def lines_of(source, *starts):
    """Return the numbers, from 0, of the lines that start so."""
    lines = source.splitlines()
    return [next(i for i, line in enumerate(lines) if line.startswith(s)) for s in starts]


def test_every_relation_property_and_law_is_an_item_below_its_task(suite):
    suite.write_top_k()

    items = suite.collect("--mg-candidate=good.py")

    assert [item.nodeid for item in items] == [
        "test_top_k.py::top_k::reordered",
        "test_top_k.py::top_k::larger_k",
        "test_top_k.py::top_k::bounded",
        "test_top_k.py::top_k::merge",
    ]


def test_an_editor_finds_items_and_task_at_the_users_own_lines(suite):
    suite.write_top_k()
    source = (suite.path / "test_top_k.py").read_text()

    items = suite.collect("--mg-candidate=good.py", "--mg-candidate=wrong.py")

    # What an editor builds its tree from: location of items, path and line of class nodes.
    reordered, merge, task = lines_of(source, "@top_k.relation", "@top_k.law", "top_k = Task")
    first, last = items[0], items[-1]
    assert first.location == ("test_top_k.py", reordered, "top_k.reordered[good]")
    assert last.location == ("test_top_k.py", merge, "top_k.merge[wrong]")
    assert first.reportinfo()[:2] == (suite.path / "test_top_k.py", reordered)
    node = first.parent
    assert isinstance(node, pytest.Class)
    assert node.reportinfo() == (str(suite.path / "test_top_k.py"), task, "top_k")
    assert node.name == "top_k"
    assert first.originalname == "reordered"


def test_a_listed_relation_of_a_library_is_located_at_its_task(suite):
    suite.write(
        library="def flip(x):\n    return (-x,)\n",
        test_listed="""
        import functools
        from library import flip
        from pytest_metamorphic_guard import MetamorphicRelation, Task

        square = Task(
            "square",
            inputs=[(1,), (2,)],
            relations=[
                MetamorphicRelation("flipped", flip),
                MetamorphicRelation("partial", functools.partial(flip)),
            ],
        )
        """,
        square="def solve(x):\n    return x * x\n",
    )

    items = suite.collect("--mg-candidate=square.py")

    (line,) = lines_of((suite.path / "test_listed.py").read_text(), "square = Task")
    assert [item.location[:2] for item in items] == [("test_listed.py", line)] * 2
    suite.run("--mg-candidate=square.py").assert_outcomes(passed=2)


def test_several_candidates_give_an_item_each_and_names_that_differ(suite):
    suite.write_top_k()
    suite.write(
        **{
            "old/impl": "def solve(xs, k):\n    return []\ndef other(xs, k):\n    return []\n",
            "new/impl": "def solve(xs, k):\n    return []\n",
        }
    )

    def names(*specifications):
        items = suite.collect("-k", "bounded", *(f"--mg-candidate={s}" for s in specifications))
        return [item.name for item in items]

    assert names("good.py") == ["bounded"]
    assert names("good.py", "wrong.py") == ["bounded[good]", "bounded[wrong]"]
    assert names("old/impl.py", "new/impl.py") == ["bounded[old-impl]", "bounded[new-impl]"]
    assert names("old/impl.py", "old/impl.py:other") == [
        "bounded[impl-solve]",
        "bounded[impl-other]",
    ]


def test_a_candidate_given_twice_runs_once(suite):
    suite.write_top_k()

    items = suite.collect("-k", "bounded", "--mg-candidate=good.py", "--mg-candidate=./good.py")

    assert [item.name for item in items] == ["bounded"]


def test_without_a_candidate_items_are_skipped_and_say_what_to_pass(any_suite):
    any_suite.write_top_k()

    result = any_suite.run("-rs")

    result.assert_outcomes(skipped=4)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["*SKIPPED*no candidate: pass --mg-candidate=path.py, or TASK=path.py for one task*"]
    )


def test_a_task_under_two_names_is_collected_once(suite):
    suite.write_top_k()
    with (suite.path / "test_top_k.py").open("a") as file:
        file.write("\nalias = top_k\n")

    result = suite.run("--mg-candidate=good.py", "-v")

    result.assert_outcomes(passed=4)


def test_two_tasks_of_one_name_are_refused_with_both_places(suite):
    suite.write(
        test_twice="""
        from pytest_metamorphic_guard import Task

        a = Task("same", inputs=[(1,)])
        b = Task("same", inputs=[(1,)])

        @a.property
        def p(output, x):
            pass

        @b.property
        def q(output, x):
            pass
        """
    )

    result = suite.run()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*two tasks are named 'same', at *test_twice.py:4 and *"])


def test_a_task_inside_a_test_class_and_one_imported_from_a_module_are_collected(suite):
    suite.write_top_k()
    (suite.path / "test_top_k.py").rename(suite.path / "shared_tasks.py")
    suite.write(
        test_places="""
        import shared_tasks
        from shared_tasks import top_k

        class TestInside:
            task = top_k
        """
    )

    items = suite.collect("--mg-candidate=good.py", "-k", "bounded")

    assert [item.nodeid for item in items] == [
        "test_places.py::TestInside::top_k::bounded",
        "test_places.py::top_k::bounded",
    ] or [item.nodeid for item in items] == [
        "test_places.py::top_k::bounded",
        "test_places.py::TestInside::top_k::bounded",
    ]


def test_a_wrong_declaration_is_a_collection_error_at_the_users_line(any_suite):
    any_suite.write(
        test_wrong="""
        from pytest_metamorphic_guard import Task

        empty = Task("empty", inputs=[(1,)])
        """,
        test_plain="def test_plain():\n    pass\n",
    )

    result = any_suite.run("--continue-on-collection-errors")

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*task 'empty' (*test_wrong.py:4): no relations*"])
    result.stdout.no_fnmatch_line("*pytest_metamorphic_guard*Traceback*")


def test_marks_of_module_task_and_relation_all_count_and_stay_off_the_users_functions(suite):
    suite.write(
        test_marked="""
        import pytest
        from pytest_metamorphic_guard import Task

        pytestmark = pytest.mark.of_module
        task = Task("task", inputs=[(1,)], marks=[pytest.mark.of_task])

        @task.property(marks=[pytest.mark.of_argument])
        @pytest.mark.below
        def first(output, x):
            pass

        @pytest.mark.above
        @task.property
        def second(output, x):
            pass
        """,
        impl="def solve(x):\n    return x\n",
    )

    names = ("of_module", "of_task", "of_argument", "below", "above")
    (suite.path / "pytest.ini").write_text("[pytest]\nmarkers =\n  " + "\n  ".join(names))

    twice = suite.collect(
        "--mg-candidate=impl.py", "--keep-duplicates", "test_marked.py", "test_marked.py"
    )

    marks = [sorted(mark.name for mark in item.iter_markers()) for item in twice]
    assert marks == [
        ["below", "mg", "of_argument", "of_module", "of_task"],
        ["above", "mg", "of_module", "of_task"],
    ] * (len(twice) // 2)
    module = twice[0].module
    assert [mark.name for mark in module.first.pytestmark] == ["below"]


def test_marks_act_on_relations_as_on_tests(any_suite):
    any_suite.write(
        test_acting="""
        import pytest
        from pytest_metamorphic_guard import Task

        task = Task("task", inputs=[(1,)])

        @task.property(marks=[pytest.mark.xfail(reason="known")])
        def expected_to_fail(output, x):
            assert output != x

        @task.property(marks=[pytest.mark.xfail(strict=True)])
        def holds_unexpectedly(output, x):
            assert output == x

        @task.property
        @pytest.mark.skipif(True, reason="not here")
        def skipped(output, x):
            pass
        """,
        impl="def solve(x):\n    return x\n",
    )

    result = any_suite.run("--mg-candidate=impl.py", "-rxXs")

    result.assert_outcomes(xfailed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["XFAIL*known*", "*not here*"])


def test_a_task_works_in_a_package_in_a_folder_with_spaces_seen_from_elsewhere(suite, top_k):
    suite.write(
        **{
            "my project/tests/__init__": "",
            "my project/tests/helpers": "LIMIT = 20\n",
            "my project/tests/test_top_k": "from .helpers import LIMIT\n" + top_k,
            "my project/the wrong": "def solve(xs, k):\n    return xs[:k]\n",
            "elsewhere/empty": "",
        }
    )
    (suite.path / "my project" / "pytest.ini").write_text("[pytest]\n")
    quiet = ("-pno:randomly", "-pno:cacheprovider")
    elsewhere = suite.path / "elsewhere"

    result = suite.launch(
        "../my project/tests",
        "--mg-candidate=../my project/the wrong.py",
        *quiet,
        cwd=elsewhere,
    )

    result.assert_outcomes(passed=3, failed=1)
    text = result.stdout.str()
    assert "tests/test_top_k.py F.." in text
    # The command is for a shell at the place where pytest was called.
    words = shlex.split(text.partition("reproduce")[2].partition("@top_k")[0].replace("\n", " "))
    assert words[1] == "../my project/tests/test_top_k.py::top_k::reordered"
    again = suite.launch(*words[1:], *quiet, cwd=elsewhere)
    again.assert_outcomes(failed=1)


def test_the_command_names_the_file_although_the_root_is_elsewhere(suite, top_k):
    suite.write(**{"tests/test_top_k": top_k, "wrong": "def solve(xs, k):\n    return xs[:k]\n"})
    elsewhere = suite.path / "elsewhere"
    elsewhere.mkdir()
    quiet = ("-pno:randomly", "-pno:cacheprovider")

    # Of a file outside the root, the node id is relative to what was named, not to the root.
    result = suite.launch(
        "../tests",
        "--rootdir=.",
        "-kreordered",
        "--mg-candidate=../wrong.py",
        *quiet,
        cwd=elsewhere,
    )

    result.assert_outcomes(failed=1, deselected=3)
    text = result.stdout.str()
    words = shlex.split(text.partition("reproduce")[2].partition("@top_k")[0].replace("\n", " "))
    assert words[1] == "../tests/test_top_k.py::top_k::reordered"
    suite.launch(*words[1:], *quiet, cwd=elsewhere).assert_outcomes(failed=1)
