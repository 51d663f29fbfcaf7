"""Mends in whole files: everything else stays byte for byte, and imports go that nothing needs any more."""

import sys
from pathlib import Path

import pytest
from tests.unit.codegen.lint.conftest import mend_bytes

HANDLER = "async def handle(ctx, step):\n"
NOW = "ctx.now().timestamp()"
SENDER = f"{HANDLER}    await step.send_event('a', e)\n"

EXACT = {
    "tabs": (
        "import time\nT = time\nasync def handle(ctx,\tstep):\n\tif ctx.a :\n\t\treturn\ttime.time( ) \n",
        "import time\nT = time\nasync def handle(ctx,\tstep):\n\tif ctx.a :\n\t\treturn\tctx.now().timestamp() \n",
    ),
    "odd parentheses": (
        f"import time\nT = time\n{HANDLER}    return ((  (time.time)(\n)  )+(1\n ))\n",
        f"import time\nT = time\n{HANDLER}    return ((  ctx.now().timestamp()  )+(1\n ))\n",
    ),
    "a call in parentheses": (
        f"{HANDLER}    for x in (  # all\n      {{1,\n  2}} | ctx.s):\n        pass\n",
        f"{HANDLER}    for x in (  # all\n      sorted({{1,\n  2}} | ctx.s)):\n        pass\n",
    ),
    "a call over lines": (
        f"{HANDLER}    print(  # one\n  'a',\n\n        # 2\n        ctx.x  # three\n    )  # 4\n",
        f"{HANDLER}    ctx.logger.info(  # one\n  \"%s %s\", 'a',\n\n        # 2\n        ctx.x  # three\n    )  # 4\n",
    ),
    "arguments with a line each": (
        f"{SENDER}    await step.wait_for_event(\n        'b',\n        Paid,\n    )\n",
        f"{SENDER}    await step.wait_for_event(\n        'b',\n        Paid,\n        lookback=\"run\",\n    )\n",
    ),
    "a comment behind the last argument": (
        f"{SENDER}    await step.wait_for_event(\n        'b',\n        Paid  # c\n    )\n",
        f"{SENDER}    await step.wait_for_event(\n        'b',\n        Paid, lookback=\"run\"  # c\n    )\n",
    ),
    "decorators": (
        f"@ a . b  (1) # d\n\n@c\n{HANDLER}    print ('a') ; print('b') ;\n",
        f"@ a . b  (1) # d\n\n@c\n{HANDLER}    ctx.logger.info ('a') ; ctx.logger.info('b') ;\n",
    ),
    "a line continued by a backslash, and no line break at the end": (
        f"{HANDLER}    return 1, \\\n  repr(list({{1}})) ; ",
        f"{HANDLER}    return 1, \\\n  repr(list(sorted({{1}}))) ; ",
    ),
    "one mend within another": (
        f"import time\nT = time\n{HANDLER}    print(time.time(), *()) ; print([time.time()])\n",
        f'import time\nT = time\n{HANDLER}    print(ctx.now().timestamp(), *()) ; ctx.logger.info("%s", [{NOW}])\n',
    ),
    "a lambda that binds already": (
        f"{HANDLER}    s = [step.run('a', lambda   i = i :(i,  j)) for i, j in p]\n    await step.gather(*s)\n",
        f"{HANDLER}    s = [step.run('a', lambda   i = i, j=j :(i,  j)) for i, j in p]\n    await step.gather(*s)\n",
    ),
    "a comment in what is replaced": (
        f"import datetime\n{HANDLER}    return datetime.datetime.now(\n        datetime.UTC,  # always\n    )\n",
        None,
    ),
    "a wait for nothing": (f"{SENDER}    await step.wait_for_event()\n", None),
    "what an option may bring": (f"{SENDER}    await step.wait_for_event('b', Paid, **ctx.options)\n", None),
}

IMPORTS = {
    "import time\n": "",
    "import time, os\nX = os\n": "import os\nX = os\n",
    "import os, time\nX = os\n": "import os\nX = os\n",
    '"""Doc."""\n\nimport time\n\n': '"""Doc."""\n\n',
    "# coding: utf-8\nimport time\n\n": "# coding: utf-8\n\n",
    "import os\n\nimport time\n\nX = os\n": "import os\n\nX = os\n",
    "import os\nimport time\nX = os\n": "import os\nX = os\n",
    "import os\n\nimport time\nimport re\nX = os, re\n": "import os\n\nimport re\nX = os, re\n",
    "from time import time as now, sleep\n": "from time import sleep\n",
    "from time import (\n    sleep,  # s\n    time as now,\n)\n": None,
    "from time import (\n    sleep,\n    time as now,\n)\n": "from time import (\n    sleep,\n)\n",
    "from time import (\n    time as now,\n    sleep,\n)\n": "from time import (\n    sleep,\n)\n",
    "import time  # noqa\n": None,
    "import time as time\n": None,
    "import time\n__all__ = ['time']\n": None,
    "import time\ndef f(x: 'time.struct_time | None'): pass\n": None,
    'import time\ndef f():\n    """\n    >>> time.tzname\n    """\n': None,
    "import time\nassert time\n": None,
    "import time\ndef f():\n    global time\n": None,
    "try:\n    import time\nexcept ImportError:\n    pass\n": None,
    "import time; import os\n": None,
    'import time\ndef f():\n    """It takes time."""\n': 'def f():\n    """It takes time."""\n',
}


def mended(folder: Path, text: str) -> str:
    """The text after mending, which changes nothing when it is done again."""
    content = mend_bytes(folder, text.encode()).files.get("handler.py", text.encode())
    assert mend_bytes(folder, content).files == {}
    return content.decode()


@pytest.mark.parametrize("name", EXACT)
def test_all_else_stays_as_it_is_written(name: str, tmp_path: Path) -> None:
    before, after = EXACT[name]
    assert mended(tmp_path, before) == (before if after is None else after)


def test_of_several_mends_those_are_made_that_leave_it_python(tmp_path: Path) -> None:
    """Until Python 3.12 there may be no quotes within quotes of the same kind."""
    inner = "print('a', 1)" if sys.version_info < (3, 12) else "ctx.logger.info(\"%s %s\", 'a', 1)"
    before = f"{HANDLER}    print(f\"{{print('a', 1)}}\")\n    print('b')\n"
    after = f"{HANDLER}    ctx.logger.info(f\"{{{inner}}}\")\n    ctx.logger.info('b')\n"
    assert mended(tmp_path, before) == after


@pytest.mark.parametrize(("before", "after"), IMPORTS.items())
def test_an_import_goes_when_its_last_use_is_mended(before: str, after: str | None, tmp_path: Path) -> None:
    call = "now()" if "as now" in before else "time.time()"
    text = mended(tmp_path, f"{before}{HANDLER}    return {call}\n")
    assert text == f"{before if after is None else after}{HANDLER}    return ctx.now().timestamp()\n"


def test_an_import_within_a_function_goes_too(tmp_path: Path) -> None:
    before = f"{HANDLER}    import time\n\n    return time.time()\n"
    assert mended(tmp_path, before) == f"{HANDLER}    return ctx.now().timestamp()\n"


def test_an_import_stays_that_nothing_used_before(tmp_path: Path) -> None:
    before = f"import os\nimport time\n{HANDLER}    return time.time()\n"
    assert mended(tmp_path, before) == f"import os\n{HANDLER}    return ctx.now().timestamp()\n"


def test_an_import_of_another_module_of_the_program_stays(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text("import logging\nlog = logging.getLogger()\n")
    before = f"from tools import log\n{HANDLER}    log.info('a')\n"
    assert mended(tmp_path, before) == f"from tools import log\n{HANDLER}    ctx.logger.info('a')\n"


def test_a_file_that_libcst_cannot_give_back_is_left_alone_and_named(tmp_path: Path) -> None:
    found = mend_bytes(tmp_path, f"import time\n{HANDLER}    return time.time()\n".replace("\n", "\r").encode())
    assert (found.files, found.refused, len(found.linted.findings)) == ({}, {"handler.py"}, 1)
