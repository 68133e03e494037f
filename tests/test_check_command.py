"""`lambdalint check` as a user meets it: exit codes, configuration, files, ignore comments, baselines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import BAD, GOOD, check, run


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


def put(path: str, text: str) -> None:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())


# -- exit codes ------------------------------------------------------------------------------------------


def test_exit_codes_say_how_it_went() -> None:
    put("bad.py", BAD)
    put("good.py", GOOD)
    put("empty/readme.txt", "")
    assert run("check", "good.py").code == 0
    assert run("check", "bad.py").code == 1
    assert run("check", "bad.py", "--exit-zero").code == 0
    assert run("check", "bad.py", "--fail-on", "error").code == 0
    assert run("check", "empty").code == 3
    assert run("check", "empty", "bad.py").code == 1
    assert run("check", "nowhere.py").code == 2
    assert run("check", "--no-such-option").code == 2
    assert 'did you mean "json"' in run("check", "bad.py", "--output-format", "jsn").err


def test_a_crashed_check_is_a_finding_and_exit_code_2_whatever_is_asked() -> None:
    put("bad.py", BAD)
    put("ours/crash.py", PLUGIN.replace("yield Problem(handler.location, 'x')", "raise KeyError('boom')\n    yield"))
    put("lambdalint.toml", 'extend-checks = ["./ours"]')
    ran = check("bad.py", "--exit-zero")
    assert (ran.code, ran.found) == (2, ["bad.py:4 LL000", "bad.py:5 LL101"])
    assert "KeyError: 'boom'" in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_an_internal_error_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    put("good.py", GOOD)
    monkeypatch.setattr("lambdalint.checking.run", lambda request: 1 // 0)
    ran = run("check", "good.py")
    assert ran.code == 2
    assert ran.err.startswith("lambdalint: internal error: ZeroDivisionError")
    assert ran.err.count("\n") == 1


def test_version_rule_and_rules() -> None:
    assert run("--version").out.startswith("lambdalint ")
    assert run("rule", "LL003").out.startswith("# unused-ignore (LL003)")
    assert run("rule", "client-in-handler").out.startswith("# client-in-handler (LL101)")
    wrong = run("rule", "LL9")
    assert (wrong.code, wrong.err[:40]) == (2, 'lambdalint: no check is called "LL9"; di')
    assert {"LL000", "LL101"} <= {one["code"] for one in json.loads(run("rules", "--output-format", "json").out)}


def test_the_installed_command_does_not_load_what_it_does_not_need() -> None:
    put("bad.py", BAD)
    probe = "import sys; from lambdalint.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", probe, "check", "bad.py"], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in ran.stderr.split()}
    assert "LL101" in ran.stdout
    assert not loaded & {"typer", "click", "rich", "libcst", "boto3", "yaml", "tree_sitter", "tomllib"}


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a shell")
def test_closed_streams_are_no_trouble() -> None:
    put("bad.py", BAD)
    command = f"{sys.executable} -m lambdalint check bad.py --output-format concise"
    for closed, said in (("2>&-", "LL101"), (">&-", "")):
        ran = subprocess.run(["sh", "-c", f"{command} {closed}"], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stderr) == (1, "")
        assert said in ran.stdout


def test_a_reader_that_leaves_is_no_trouble() -> None:
    put("bad.py", BAD * 200)
    for words in (["check", "bad.py"], ["check", "bad.py", "--exit-zero", "--output-format", "json"], ["rules"]):
        command = [sys.executable, "-m", "lambdalint", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
            assert ran.stdout
            ran.stdout.close()
            assert (ran.stderr.read() if ran.stderr else None, ran.wait()) == ("", 141)


# -- configuration ---------------------------------------------------------------------------------------

PLUGIN = """\
from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler

@check(Handler, code="OUR101", severity=Severity.WARNING, since="1")
def our_own(handler):
    "Ours."
    yield Problem(handler.location, 'x')
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('selct = ["LL1"]', 'lambdalint.toml:1: unknown setting "selct"; did you mean "select"?'),
        ('\nselect = ["unused-ignor"]', 'lambdalint.toml:2: no check is called "unused-ignor"; did you mean "unused-i'),
        ('ignore = "LL101"', 'lambdalint.toml:1: "ignore" must be a list of codes'),
        ("jobs = true", 'lambdalint.toml:1: "jobs" must be a whole number'),
        ('fail-on = "never"', 'lambdalint.toml:1: "fail-on" must be one of advice, warning, error'),
        ("a = [", "lambdalint.toml: not valid TOML"),
        ('extend = "other.toml"', "lambdalint.toml:1: other.toml does not exist"),
        ('extend = "lambdalint.toml"', "`extend` leads back to this file"),
        ('handlers = ["gone.py:main"]', "lambdalint.toml:1: gone.py does not exist"),
        ('extend-checks = ["./gone"]', '"gone" cannot be imported'),
        ('extend-checks = ["no_such_package_x"]', "No module named 'no_such_package_x'"),
        ('[tool.lambdalint]\nignore = ["LL1"]', "lambdalint.toml:1: leave out [tool.lambdalint]"),
        ('import-roots = ["sr"]', "lambdalint.toml:1: sr is not a folder"),
        ('extend-checks = ["ours"]', "No module named 'ours'; a folder is named \"./ours\""),
        ('output-format = "CONCISE"', 'there is no output format "CONCISE"; did you mean "concise"?'),
        ('output-format = "text"', "; there are terminal, concise, json, github"),
        ('baseline = "gone.json"', "lambdalint: gone.json: no such baseline; --update-baseline writes it"),
        ("checks = 1", 'lambdalint.toml:1: "checks" must be a table for each check, such as [tool.lambdalint.checks.'),
        ("[checks]\nLL303 = 80", 'lambdalint.toml:1: "checks" must be a table for each check'),
        ("[checks.fat-handlr]", 'lambdalint.toml:1: no check is called "fat-handlr"; did you mean "fat-handler"?'),
        ("[checks.LL101]\nsize = 1", "lambdalint.toml:2: client-in-handler (LL101) has no options"),
        (
            "[checks]\n\nLL303.statments = 80",
            'lambdalint.toml:3: fat-handler (LL303) has no option "statments"; did you mean "statements"?',
        ),
        (
            '[checks.LL108]\nside-effects = ["x"]\n[checks.LL303]\nside-effects = ["x"]',
            'lambdalint.toml:4: fat-handler (LL303) has no option "side-effects"; it has statements, branches',
        ),
        ("checks = {LL303 = {branches = -1}}", '"branches" of fat-handler must be a whole number, 0 or more'),
    ],
)
def test_wrong_configuration_is_one_line_that_names_the_place(text: str, says: str) -> None:
    put("bad.py", BAD)
    put("ours/readme.md", "")
    put("lambdalint.toml", text)
    ran = run("check", "bad.py")
    assert ran.code == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_the_table_in_pyproject_has_its_full_name() -> None:
    put("bad.py", BAD)
    put("pyproject.toml", '[lambdalint]\nignore = ["LL101"]')
    ran = run("check", "bad.py")
    assert (ran.code, ran.err) == (
        2,
        "lambdalint: pyproject.toml: the table is called [tool.lambdalint], not [lambdalint]\n",
    )


def test_lists_on_the_command_line_have_commas_or_spaces() -> None:
    put("bad.py", BAD)
    for words in (["LL102,LL101"], ["LL102 LL101"], ["LL102, LL101"], ["LL102", "--select", "LL101"]):
        assert check("bad.py", "--select", *words).found == ["bad.py:5 LL101"]
    assert 'did you mean "LL101"?' in run("check", "bad.py", "--select", "ll101").err
    assert "a path that is empty: no such file" in run("check", "").err


def test_the_nearest_configuration_counts_and_may_extend_another() -> None:
    put("base.toml", 'ignore = ["LL101"]\nfail-on = "error"')
    put("pyproject.toml", '[tool.lambdalint]\nselect = ["LL2"]')
    put("svc/pyproject.toml", '[project]\nname = "uses-lambdalint"')
    put("svc/lambdalint.toml", 'extend = "../base.toml"\nfail-on = "warning"')
    put("svc/bad.py", BAD)
    assert check("svc/bad.py").found == []
    put("svc/lambdalint.toml", 'ignore = ["client-in-handler"]\nselect = ["LL1"]')
    assert check("svc/bad.py").found == []
    assert check("svc/bad.py", "--select", "LL101").found == ["svc/bad.py:5 LL101"]


OPTIONS = """\
from typing import Annotated, NamedTuple
from lambdalint.check import Option, Problem, Severity, check
from lambdalint.model import Handler

class Told(NamedTuple):
    at_most: Annotated[int, Option("how many", least=1)] = 1
    ratio: float = 0.5
    strict: bool = False
    word: Annotated[str, Option("what to say")] = "default"
    names: tuple[str, ...] = ("a",)

@check(Handler, code="OUR102", severity=Severity.WARNING, since="1", options=Told())
def our_own(handler: Handler, told: Told):
    "Ours."
    yield Problem(handler.location, f"{told}")
"""


def test_options_of_checks_of_ones_own_are_set_by_name_or_code_and_extended() -> None:
    put("bad.py", BAD)
    put("ours/ours.py", OPTIONS)
    head = 'extend-checks = ["./ours"]\nselect = ["OUR102"]\n'

    def said(text: str) -> str:
        put("lambdalint.toml", text)
        message: str = check(".").json["findings"][0]["message"]
        assert message == check("bad.py").json["findings"][0]["message"], "not what the cache holds"
        return message

    assert said(head) == "Told(at_most=1, ratio=0.5, strict=False, word='default', names=('a',))"
    assert said(f"{head}[checks.our-own]\nat-most = 3\nratio = 2\nnames = []\nstrict = true\nword = ''") == (
        "Told(at_most=3, ratio=2.0, strict=True, word='', names=())"
    )
    put("base.toml", f"{head}[checks.OUR102]\nat-most = 3\nword = 'base'")
    assert said("extend = 'base.toml'\n[checks.our-own]\nword = 'own'").startswith("Told(at_most=3, ratio=0.5")
    assert "word='own'" in said("extend = 'base.toml'\n[checks.our-own]\nword = 'own'")
    for wrong in ("at-most = 0", "at-most = 1.0", "at-most = true", "ratio = '1'", "strict = 1", "names = [1]"):
        put("lambdalint.toml", f"{head}[checks.our-own]\n{wrong}")
        ran = run("check", "bad.py")
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert ran.err.startswith(f'lambdalint: lambdalint.toml:4: "{wrong.partition(" ")[0]}" of our-own must be ')
    assert 'word = "default"  # what to say\n' in run("rule", "our-own").out
    put("others/ours.py", OPTIONS.replace("ratio: float = 0.5", "ratio: float = None"))
    put("lambdalint.toml", 'extend-checks = ["./others"]')
    assert 'its options cannot be read: TypeError: the default of "ratio" must be' in run("rule", "our-own").err


def test_options_reach_every_process() -> None:
    for number in range(80):
        put(f"f{number}/app.py", GOOD)
    put("pyproject.toml", "[tool.lambdalint.checks.LL303]\nstatements = 1\nbranches = 0\naws-calls = 1")
    assert len(check("--no-cache", "--jobs", "2").found) == 80


def test_exclude_per_file_ignores_and_declared_handlers() -> None:
    for name in ("a.py", "gen/b.py", "tests/c.py"):
        put(name, BAD)
    put("odd.py", "import boto3\ndef f(x):\n    return boto3.client('s3')\n")
    put(
        "lambdalint.toml",
        'exclude = ["gen"]\nhandlers = ["odd.py:f"]\n[per-file-ignores]\n"a.py" = ["LL1"]',
    )
    ran = check()
    assert ran.found == ["odd.py:3 LL101"]
    assert ran.json["summary"]["ignored"] == 1
    assert "gen/b.py:5 LL101" in check("gen/b.py").found


def test_checks_of_ones_own() -> None:
    put("good.py", GOOD)
    put("conf/our_checks/first.py", "from ._shared import CODE\n" + PLUGIN.replace('"OUR101"', "CODE"))
    put("conf/our_checks/_shared.py", "CODE = 'OUR101'")
    put("conf/lambdalint.toml", 'extend-checks = ["./our_checks"]')
    assert check("--config", "conf/lambdalint.toml", "good.py").found == ["good.py:6 OUR101"]
    assert check("--config", "conf/lambdalint.toml", "good.py", "--ignore", "OUR").found == []
    put("conf/our_checks_2/second.py", PLUGIN.replace("OUR101", "LL101"))
    put("conf/lambdalint.toml", 'extend-checks = ["./our_checks_2"]')
    ran = run("check", "--config", "conf/lambdalint.toml", "good.py")
    assert ran.code == 2
    assert "LL101 is claimed by two checks" in ran.err


# -- files -----------------------------------------------------------------------------------------------


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


def test_what_git_ignores_is_left_out_unless_it_is_named() -> None:
    git("init", "-q")
    put(".gitignore", "out/\n/secret.py\n")
    for name in ("tracked.py", "new é\n.py", "secret.py", "out/made.py", "node_modules/x.py", "a/.venv/y.py"):
        put(name, BAD)
    put("inner/.gitignore", "no.py")
    put("inner/no.py", BAD)
    put("inner/yes.py", BAD)
    git("init", "-q", "inner")
    git("add", "tracked.py")
    paths = {one["path"] for one in check().json["findings"]}
    assert paths == {"tracked.py", "new é\n.py", "inner/yes.py"}
    assert {one["path"] for one in check("secret.py", "out").json["findings"]} == {"secret.py", "out/made.py"}


def test_files_are_named_relative_to_where_the_run_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    put("src/app.py", BAD)
    put("src/sub/keep.txt", "")
    os.symlink("..", "src/sub/loop")
    assert check(os.path.abspath("src")).found == ["src/app.py:5 LL101"]
    monkeypatch.chdir("src/sub")
    assert check("..").found == ["../app.py:5 LL101"]


def test_installed_packages_are_not_checked_but_the_code_beside_them_is() -> None:
    put("app.py", BAD)
    put("vendor/app.py", BAD)
    put("foreign-1.0.dist-info/RECORD", "vendor/app.py,,\nforeign-1.0.dist-info/RECORD,,\n")
    put("project.egg-info/top_level.txt", "app\n")
    assert check().found == ["app.py:5 LL101"]


def test_unreadable_files() -> None:
    put("py2.py", "def lambda_handler(event, context):\n    print 'x'\n")
    put("app.py", "import helper\ndef lambda_handler(event, context):\n    helper.x()\n")
    put("helper.py", "def x(:\n")
    ran = check()
    assert ran.found == ["helper.py:1 LL001", "py2.py:2 LL001"]
    assert ran.code == 1


def test_handlers_are_declared_from_the_root_wherever_the_run_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    put("src/odd.py", "from shared.make import make\ndef f(x):\n    return make()\n")
    put("lib/shared/make.py", "import boto3\ndef make():\n    return boto3.client('s3')\n")
    put("src/sub/keep.txt", "")
    put("lambdalint.toml", 'handlers = ["src/odd.py:f"]\nimport-roots = ["lib"]')
    assert check("src").found == ["lib/shared/make.py:3 LL101"]
    monkeypatch.chdir("src/sub")
    assert check("../odd.py").found == ["../../lib/shared/make.py:3 LL101"]


def test_standard_input() -> None:
    ran = check("-", "--stdin-filename", "src/app.py", stdin=BAD.encode())
    assert ran.found == ["src/app.py:5 LL101"]
    assert run("check", "-", "x.py").code == 2


# -- ignore comments -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('boto3.client("s3")', 'boto3.client("s3")  # lambdalint: ignore[LL101] why not'),
        ('boto3.client("s3")', 'boto3.client("s3")  # noqa  # lambdalint: ignore[LL109, client-in-handler]'),
        ("    s3 =", "    # lambdalint: ignore[LL101]\n    s3 ="),
        ('boto3.client("s3")', 'str(  # lambdalint: ignore[LL101]\n        boto3.client("s3")\n    )'),
        ("import boto3", "# lambdalint: ignore-file[LL101] example\nimport boto3"),
    ],
)
def test_an_ignore_comment_silences_its_finding(before: str, after: str) -> None:
    put("app.py", BAD.replace(before, after))
    ran = check("app.py")
    assert (ran.found, ran.code, ran.json["summary"]["ignored"]) == ([], 0, 1)
    shown = check("app.py", "--ignore-suppressions").json["findings"]
    assert [(one["code"], one["status"]) for one in shown] == [("LL101", "ignored")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import boto3", 'import boto3\nX = "# lambdalint: ignore-file[LL101]"'),
        ("    return", "    # lambdalint: ignore[LL101]\n    return"),
        ("def lambda", "# lambdalint: ignore[LL101]\ndef lambda"),
    ],
)
def test_other_comments_and_strings_silence_nothing(before: str, after: str) -> None:
    put("app.py", BAD.replace(before, after))
    assert [place for place in check("app.py").found if "LL101" in place]


def test_idle_comments_are_found_in_runs_over_a_folder_and_removed_by_fix() -> None:
    put("app.py", GOOD.replace("import boto3", "import boto3  # lambdalint: ignore[LL101, LL102] old"))
    put("bare.py", GOOD.replace("import boto3", "import boto3  # lambdalint: ignore"))
    assert check("app.py").found == []
    assert check().found == ["app.py:1 LL003", "app.py:1 LL003", "bare.py:1 LL003"]
    assert check("--select", "LL104,LL003").found == ["bare.py:1 LL003"]
    assert run("check", "--fix").code == 1
    assert Path("app.py").read_text() == GOOD
    assert check().found == ["bare.py:1 LL003"]


# -- baselines -------------------------------------------------------------------------------------------


def test_a_baseline_holds_what_was_there_wherever_it_moves_to() -> None:
    put("a.py", BAD)
    put("b/app.py", BAD)
    assert run("check", "--baseline", "old.json").code == 2
    assert run("check", "--baseline", "old.json", "--update-baseline").code == 0
    put("a.py", "# moved\n" + BAD.replace("return", "boto3.client('sqs')\n    return"))
    ran = check("--baseline", "old.json")
    assert [one["line"] for one in ran.json["findings"] if one["status"] == "new"] == [7]
    assert ran.code == 1
    assert ran.json["summary"]["baselined"] == 2
    put("a.py", GOOD)
    assert run("check", "a.py", "--baseline", "old.json", "--update-baseline").code == 0
    assert list(json.loads(Path("old.json").read_text())["findings"]) == ["b/app.py"]


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2}', '{"schema": 1, "findings": {"a": 1}}'])
def test_a_broken_baseline_is_an_error(text: str) -> None:
    put("a.py", BAD)
    put("old.json", text)
    ran = run("check", "a.py", "--baseline", "old.json")
    assert ran.code == 2
    assert ran.err.startswith("lambdalint: old.json: not a baseline")


# -- what reviews found -----------------------------------------------------------------------------------


def test_a_declared_handler_that_is_not_there_is_an_error() -> None:
    put("app.py", BAD)
    put("lambdalint.toml", 'handlers = ["app.py:lambda_handlr"]')
    ran = check()
    assert ran.found == ["app.py:1 LL001"]
    assert 'has no "lambda_handlr"' in ran.json["findings"][0]["message"]


def test_files_of_several_folders_have_the_configuration_above_them_all() -> None:
    put("a/app.py", BAD)
    put("b/app.py", BAD)
    put("a/lambdalint.toml", 'ignore = ["LL101"]')
    both = ["a/app.py:5 LL101", "b/app.py:5 LL101"]
    assert check("a/app.py", "b/app.py").found == check("b/app.py", "a/app.py").found == both
    assert check("a/app.py").found == []


def test_declared_handlers_are_known_by_any_path(tmp_path: Path) -> None:
    put("odd.py", "import boto3\ndef f(x):\n    boto3.client('s3')\n")
    put("lambdalint.toml", 'handlers = ["odd.py:f"]')
    assert check("odd.py").found == ["odd.py:3 LL101"]
    assert check(str(tmp_path / "odd.py")).found == ["odd.py:3 LL101"]


def test_an_update_of_the_baseline_by_one_file_keeps_what_other_files_lead_to() -> None:
    put("a.py", "import helper\ndef handler(event, context):\n    helper.one()\n")
    put("b.py", "import helper\ndef handler(event, context):\n    helper.two()\n")
    put("helper.py", "import boto3\ndef one():\n    boto3.client('s3')\ndef two():\n    boto3.client('sqs')\n")
    put("lambdalint.toml", 'baseline = "known.json"')
    check("--update-baseline")
    check("a.py", "--update-baseline")
    assert check().json["summary"]["baselined"] == 2


def test_a_baseline_behind_a_link_is_written_where_it_is() -> None:
    put("app.py", BAD)
    put("real/known.json", '{"schema": 1, "findings": {}}')
    os.symlink("real/known.json", "known.json")
    check("--baseline", "known.json", "--update-baseline")
    assert os.path.islink("known.json")
    assert "app.py" in Path("real/known.json").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are text")
def test_file_names_that_are_not_utf8() -> None:
    with open(b"caf\xe9.py", "w") as file:
        file.write(BAD)
    assert run("check", "--output-format", "json", "--output-file", "out.json").code == 1
    assert (
        json.loads(Path("out.json").read_text(errors="replace").replace("\\udc", "\\\\udc"))["summary"]["findings"] == 1
    )
    assert check("--baseline", "known.json", "--update-baseline").code == 0
    assert check("--baseline", "known.json").json["summary"]["baselined"] == 1


def test_patterns_of_an_extended_configuration_mean_the_files_below_it() -> None:
    put("base.toml", 'exclude = ["svc/gen"]')
    put("svc/lambdalint.toml", 'extend = "../base.toml"')
    put("svc/gen/app.py", BAD)
    put("svc/app.py", BAD)
    assert check("svc").found == ["svc/app.py:5 LL101"]
    put("pyproject.toml", "[project]\nname = 'x'\n")
    put("svc/lambdalint.toml", 'extend = "../pyproject.toml"')
    ran = run("check", "svc")
    assert ran.code == 2
    assert "svc/lambdalint.toml:1: there is no [tool.lambdalint] in" in ran.err


def test_a_check_that_wants_to_end_the_process_has_crashed() -> None:
    put("app.py", GOOD)
    put("ours/__init__.py", "")
    put(
        "ours/leave.py",
        "from lambdalint.check import Severity, check\nfrom lambdalint.model import Handler\n"
        "@check(Handler, code='OUR2', severity=Severity.ADVICE, since='1')\ndef leave(handler):\n"
        "    '''Leaves.'''\n    raise SystemExit(0)\n    yield\n",
    )
    put("lambdalint.toml", 'extend-checks = ["./ours"]')
    assert check().code == 2
    assert run("check", "--diff").code == 2


def test_a_handler_that_leads_too_deep_is_said_to() -> None:
    steps = "".join(f"def step{number}(x):\n    return step{number + 1}(x)\n" for number in range(70))
    put("app.py", f"def handler(event, context):\n    return step0(event)\n{steps}def step70(x):\n    return x\n")
    for _ in range(2):  # the second time from the cache
        assert "app.py:handler: not all the code behind this handler was looked at" in check().err


def test_python_without_any_handler_is_not_taken_for_checked() -> None:
    Path("tools").mkdir()
    Path("tools/a.py").write_text("def work():\n    return 1\n")
    ran = run("check", "tools", "--no-cache")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == (
        "lambdalint: no handler was found in 1 Python file: name those there are in the configuration (`handlers`)\n"
    )
    assert run("check", "tools/a.py").err == ""  # a hook names whatever was changed
