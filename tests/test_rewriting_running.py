"""Coroutines that are run, work that is waited for, pools of threads: before and after, and what stays."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest
from running import apply
from test_rewriting_expressions import place

from lambdalint.check import Edit
from lambdalint.rewriting import run_coroutine, use_threads, wait


def same(edits: object, text: str, after: str) -> None:
    assert isinstance(edits, list)
    assert all(isinstance(edit, Edit) for edit in edits)
    changed = apply(text, edits)
    assert changed == after
    ast.parse(changed)


def run(text: str) -> object:
    line = next(number for number, one in enumerate(text.splitlines(), 1) if "def lambda_handler(" in one)
    return run_coroutine(text, name="lambda_handler", line=line)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_coroutine_is_run(newline: str) -> None:
    before = dedent(
        '''\
        import json
        import os


        # The handler.
        async def lambda_handler(event: dict, context=None) -> dict[str, str]:
            """Does it."""
            return {"body": json.dumps(await work(event))}


        async def again(event):
            return await lambda_handler(event)
        '''
    ).replace("\n", newline)
    after = dedent(
        '''\
        import asyncio
        import json
        import os


        # The handler.
        async def _lambda_handler(event: dict, context=None) -> dict[str, str]:
            """Does it."""
            return {"body": json.dumps(await work(event))}


        def lambda_handler(event: dict, context=None) -> dict[str, str]:
            return asyncio.run(_lambda_handler(event, context))


        async def again(event):
            return await _lambda_handler(event)
        '''
    ).replace("\n", newline)
    same(run(before), before, after)


@pytest.mark.parametrize(
    ("parameters", "copied", "given"),
    [
        ("event, context", "event, context", "event, context"),
        ("event, context,", "event, context", "event, context"),
        ("\n    event,\n    context,  # of Lambda\n", "event, context", "event, context"),
        ("event, context=make(1)", "event, context=make(1)", "event, context"),
        ("event, /, *rest, key=1, **more", "event, /, *rest, key=1, **more", "event, *rest, key=key, **more"),
    ],
)
def test_parameters_are_handed_on(parameters: str, copied: str, given: str) -> None:
    before = f"import asyncio\nasync def lambda_handler({parameters}):\n    return event"
    added = f"\n\n\ndef lambda_handler({copied}):\n    return asyncio.run(_lambda_handler({given}))"
    same(run(before), before, before.replace("lambda_handler", "_lambda_handler") + added)


HANDLER = "async def lambda_handler(event, context):\n    return event\n"


@pytest.mark.parametrize(
    "text",
    [
        HANDLER.replace("async ", ""),
        HANDLER.replace("return", "yield"),
        "@decorated\n" + HANDLER,
        HANDLER + "lambda_handler = wrap(lambda_handler)\n",
        HANDLER + "register(lambda_handler)\n",
        HANDLER + "def _lambda_handler(): pass\n",
        HANDLER + "def other(lambda_handler): return lambda_handler()\n",
        HANDLER + "def other(asyncio): return 1\n",
        "asyncio = 1\n" + HANDLER,
        "class A:\n    " + HANDLER.replace("\n    ", "\n        "),
        "async def lambda_handler(event, context): return event; x = 1\n" + HANDLER,
    ],
)
def test_a_coroutine_that_stays(text: str) -> None:
    assert run(text) == ()


THREAD = "threading.Thread(target=work, args=(x,))"
STARTED = "thread.start()\n        threads.append(thread)\nfor thread in threads:\n    thread.join()"
JOINED = "for t in threads:\n    t.join()"
THREADS = "import subprocess, threading\nfrom concurrent.futures import ThreadPoolExecutor\n\n\ndef f(xs):\n"


def function(body: str) -> str:
    return THREADS + indent(body, "    ") + "\n"


def waited(body: str, what: str = ".start()") -> tuple[str, object]:
    """The function with this body, and the edits for the call that ends with `what`."""
    text = function(body)
    end = text.index(what) + len(what)
    call = next(
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and (ast.get_source_segment(text, node) or "").endswith(what)
        if text.index(ast.get_source_segment(text, node) or "") + len(ast.get_source_segment(text, node) or "") == end
    )
    return text, wait(text, place=place(text, ast.get_source_segment(text, call) or ""))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{THREAD}.start()  # go", f"thread = {THREAD}\nthread.start()  # go\nthread.join()"),
        (
            f"{THREAD}.start()\nmore()\n\n# done\nreturn 1",
            f"thread = {THREAD}\nthread.start()\nmore()\n\nthread.join()\n# done\nreturn 1",
        ),
        (f"t = {THREAD}\nt.start()\nmore()", f"t = {THREAD}\nt.start()\nmore()\nt.join()"),
        (
            f"# each\nfor x in xs:\n    if x:\n        {THREAD}.start()\nreturn 1",
            f"threads = []\n# each\nfor x in xs:\n    if x:\n        thread = {THREAD}\n        {STARTED}\nreturn 1",
        ),
        (
            f"for x in xs:\n    t = {THREAD}\n    t.start()",
            f"threads = []\nfor x in xs:\n    t = {THREAD}\n    t.start()\n    threads.append(t)\n{JOINED}",
        ),
        (
            f"ts = [{THREAD} for x in xs]\nfor t in ts:\n    t.start()",
            f"ts = [{THREAD} for x in xs]\nfor t in ts:\n    t.start()\nfor t in ts:\n    t.join()",
        ),
        (
            f"if not xs:\n    return\n{THREAD}.start()",
            f"if not xs:\n    return\nthread = {THREAD}\nthread.start()\nthread.join()",
        ),
    ],
)
def test_a_thread_is_joined(before: str, after: str) -> None:
    text, edits = waited(before)
    same(edits, text, function(after))


@pytest.mark.parametrize(
    "body",
    [
        "threading.Thread(target=work, daemon=True).start()",
        "threading.Thread(target=server.serve_forever).start()",
        "threading.Thread(target=poll_all).start()",
        "threading.Thread(target=endless).start()\n\ndef endless():\n    while True: work()",
        "threading.Thread(**xs).start()",
        "threading.Thread().start()",
        "threading.Timer(3, work).start()",
        "Worker().start()",
        f"t = {THREAD}\nt.daemon = True\nt.start()",
        f"t = {THREAD}\nt.setDaemon(True)\nt.start()",
        f"t = {THREAD}\nif xs:\n    t.start()",
        f"t = {THREAD}\nt = t\nt.start()",
        "xs.start()",
        f"{THREAD}.start()\nif xs:\n    return 1\nreturn 2",
        f"for x in xs:\n    {THREAD}.start()\n    return x",
        f"try:\n    {THREAD}.start()\nexcept OSError:\n    pass",
        f"{THREAD}.start(); more()",
        f"y = {THREAD}.start()",
        f"{THREAD}.start()\nyield 1",
        "for t in xs:\n    t.start()",
        f"ts = ({THREAD} for x in xs)\nfor t in ts:\n    t.start()",
        f"[t.start() for t in [{THREAD}]]",
    ],
)
def test_a_thread_that_is_not_joined(body: str) -> None:
    assert waited(body)[1] == ()


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("pool = ThreadPoolExecutor()\nfor x in xs:\n    pool.submit(work, x)\nreturn 1", "return 1", "work, x)"),
        ("p = subprocess.Popen(xs)\nreturn p.pid", "return p.pid", "Popen(xs)"),
    ],
)
def test_at_the_end(before: str, after: str, what: str) -> None:
    text, edits = waited(before, what)
    ending = "pool.shutdown()" if "pool" in before else "p.wait()"
    same(edits, text, text.replace(f"    {after}\n", f"    {ending}\n    {after}\n"))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("subprocess.Popen(['a'], cwd='/tmp')", "subprocess.run(['a'], cwd='/tmp')", "'/tmp')"),
        (
            "pool = ThreadPoolExecutor()\npool.submit(xs)\npool.shutdown(wait=False)",
            "pool = ThreadPoolExecutor()\npool.submit(xs)\npool.shutdown()",
            "submit(xs)",
        ),
    ],
)
def test_in_place(before: str, after: str, what: str) -> None:
    text, edits = waited(before, what)
    same(edits, text, function(after))


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("subprocess.Popen(xs, start_new_session=True)", "True)"),
        ("subprocess.Popen('server &', shell=True)", "True)"),
        ("subprocess.Popen(**xs)", "**xs)"),
        ("for x in xs:\n    p = subprocess.Popen(x)", "Popen(x)"),
        ("use(subprocess.Popen(xs))", "Popen(xs)"),
        ("pool = ThreadPoolExecutor()\npool.submit(xs)\nreturn pool", "submit(xs)"),
        ("pool = ThreadPoolExecutor()\nkeep(pool)\npool.submit(xs)", "submit(xs)"),
        ("pool = ThreadPoolExecutor()\npool.submit(xs)\npool.shutdown(False)", "submit(xs)"),
        ("xs.submit(xs)", "submit(xs)"),
        ("ThreadPoolExecutor().submit(xs)", "submit(xs)"),
    ],
)
def test_not_waited_for(body: str, what: str) -> None:
    assert waited(body, what)[1] == ()


POOL = "def f(xs):\n    with {} as pool:\n        return {}\n"


@pytest.mark.parametrize(
    ("imports", "call", "use", "imported", "called", "used"),
    [
        (
            "from multiprocessing import Pool\n",
            "Pool(4)",
            "pool.map(work, xs)",
            "from concurrent.futures import ThreadPoolExecutor\n",
            "ThreadPoolExecutor(4)",
            "list(pool.map(work, xs))",
        ),
        (
            "import multiprocessing\n",
            "multiprocessing.Pool(processes=multiprocessing.cpu_count())",
            "list(pool.imap_unordered(work, xs))",
            "import multiprocessing\nfrom concurrent.futures import ThreadPoolExecutor\n",
            "ThreadPoolExecutor(max_workers=multiprocessing.cpu_count())",
            "list(pool.map(work, xs))",
        ),
        (
            "from multiprocessing.pool import ThreadPool as Threads\n",
            "Threads(initializer=work, initargs=(1,))",
            "set(pool.starmap(work, xs, chunksize=3))",
            "from concurrent.futures import ThreadPoolExecutor\n",
            "ThreadPoolExecutor(initializer=work, initargs=(1,))",
            "set(pool.map(lambda arguments: work(*arguments), xs, chunksize=3))",
        ),
        (
            "from concurrent.futures import ThreadPoolExecutor\nfrom multiprocessing.dummy import Lock, Pool\n",
            "Pool()",
            "[one for one in pool.imap(work, xs)]",
            "from concurrent.futures import ThreadPoolExecutor\nfrom multiprocessing.dummy import Lock\n",
            "ThreadPoolExecutor()",
            "[one for one in pool.map(work, xs)]",
        ),
        (
            "from concurrent.futures import (\n    ProcessPoolExecutor,\n    wait,\n)\n",
            "ProcessPoolExecutor(4)",
            "wait([pool.submit(work)])",
            "from concurrent.futures import (\n    ThreadPoolExecutor,\n    wait,\n)\n",
            "ThreadPoolExecutor(4)",
            "wait([pool.submit(work)])",
        ),
        (
            "import concurrent.futures as futures\n",
            "futures.ProcessPoolExecutor(4)",
            "pool.submit(work)",
            "import concurrent.futures as futures\n",
            "futures.ThreadPoolExecutor(4)",
            "pool.submit(work)",
        ),
    ],
)
def test_threads_take_the_place_of_processes(
    imports: str, call: str, use: str, imported: str, called: str, used: str
) -> None:
    before = imports + POOL.format(call, use)
    same(use_threads(before, place=place(before, call)), before, imported + POOL.format(called, used))


def test_a_pool_that_is_closed_and_joined_is_shut_down() -> None:
    before = (
        "from multiprocessing import Pool\ndef f(xs):\n    p = Pool(2)\n    p.map(g, xs)\n    p.close()\n    p.join()\n"
    )
    after = before.replace("multiprocessing import Pool", "concurrent.futures import ThreadPoolExecutor")
    after = after.replace("Pool(2)", "ThreadPoolExecutor(2)", 1).replace("p.map(g, xs)", "list(p.map(g, xs))")
    after = after.replace("p.close()\n    p.join()", "p.shutdown()")
    same(use_threads(before, place=place(before, "Pool(2)")), before, after)


@pytest.mark.parametrize(
    ("call", "use"),
    [
        ("Pool(4, start)", "pool.map(work, xs)"),
        ("Pool(maxtasksperchild=1)", "pool.map(work, xs)"),
        ("Pool(**xs)", "pool.map(work, xs)"),
        ("Pool(*xs)", "pool.map(work, xs)"),
        ("Pool(4)", "pool.map(work, xs, 3)"),
        ("Pool(4)", "pool.map(work, *xs)"),
        ("Pool(4)", "pool.apply_async(work, xs).get()"),
        ("Pool(4)", "pool.starmap(xs[0], xs)"),
        ("Pool(4)", "work(pool)"),
        ("Pool(4)", "pool.map"),
        ("Pool(4)", "pool.join()"),
        ("ProcessPoolExecutor(4, None)", "pool.map(work, xs)"),
        ("ProcessPoolExecutor(mp_context=xs)", "pool.map(work, xs)"),
        ("Queue(4)", "pool.get()"),
        ("get_context('spawn').Pool(4)", "pool.map(work, xs)"),
    ],
)
def test_a_pool_that_stays(call: str, use: str) -> None:
    imports = (
        "from multiprocessing import Pool, Queue, get_context\nfrom concurrent.futures import ProcessPoolExecutor\n"
    )
    text = imports + POOL.format(call, use)
    assert use_threads(text, place=place(text, call)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "pool = Pool(4)\n",
        "def f(xs):\n    return Pool(4)\n",
        "def f(pool):\n    pool = Pool(4)\n    return pool.map(g, [])\n",
        "def f(ThreadPoolExecutor):\n    pool = Pool(4)\n    return pool.map(g, [])\n",
        "def f(xs):\n    global pool\n    pool = Pool(4)\n    return pool.map(g, [])\n",
    ],
)
def test_a_pool_that_others_may_have_stays(text: str) -> None:
    text = f"from multiprocessing import Pool\n{text}"
    assert use_threads(text, place=place(text, "Pool(4)")) == ()
