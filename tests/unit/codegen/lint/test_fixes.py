"""Mends of findings, in handlers of one line."""

import re
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.unit.codegen.lint.conftest import SIGNS, mend_bytes

from surestep_codegen.lint.findings import Finding
from surestep_codegen.lint.fixes.find import with_fixes
from surestep_codegen.lint.lint import lint_files

HEAD = """\
import asyncio, datetime as dt, logging, os, random, time, uuid
from datetime import UTC, date, datetime

log = logging.getLogger(__name__)
USED = asyncio, dt, os, random, time, uuid, UTC, date, datetime

async def handle(ctx, step):
"""

SLEEP = re.compile(r"sleep-\d+")

MENDS = [
    ("return datetime.now(UTC)", "return ctx.now()"),
    ("return datetime.now()", "return ctx.now()"),
    ("return dt.datetime.now(tz=dt.UTC)", "return ctx.now()"),
    ("return datetime.now(tz=zone)", "return ctx.now().astimezone(zone)"),
    ("return datetime.utcnow()", "return ctx.now().replace(tzinfo=None)"),
    ("return datetime.today()", "return ctx.now()"),
    ("return date.today()", "return ctx.now().date()"),
    ("return time.time()  # ü", "return ctx.now().timestamp()  # ü"),
    ("return 'ü', time.monotonic() + 1", "return 'ü', ctx.now().timestamp() + 1"),
    ("return time.time_ns() // 2", "return (ctx.now_ms() * 1_000_000) // 2"),
    ("return f'{datetime.now()}'", "return f'{ctx.now()}'"),
    ("return random.random()", "return ctx.random()"),
    ("return uuid.uuid4().hex", "return ctx.uuid().hex"),
    ("time.sleep(60)", 'await step.sleep("sleep", "1m")'),
    ("await asyncio.sleep(0.5)", 'await step.sleep("sleep", "500ms")'),
    ("await step.run('sleep', len, 'x'); time.sleep(1)", None),
    ("log.info('a %s', 1)", "ctx.logger.info('a %s', 1)"),
    ("logging.warning('a')", "ctx.logger.warning('a')"),
    ("print('a')", "ctx.logger.info('a')"),
    ("print('100%')", "ctx.logger.info(\"%s\", '100%')"),
    ("print(f'{ctx.run_id}')", "ctx.logger.info(f'{ctx.run_id}')"),
    ("print(1, 'b')", "ctx.logger.info(\"%s %s\", 1, 'b')"),
    ("print(time.time())", 'ctx.logger.info("%s", ctx.now().timestamp())'),
    ("return [x for x in {1, 2}]", "return [x for x in sorted({1, 2})]"),
    ("return list(set(ctx.names))", "return list(sorted(set(ctx.names)))"),
    ("return ', '.join({'a', 'b'})", "return ', '.join(sorted({'a', 'b'}))"),
    ("step.run('a', len, 'x')", "await step.run('a', len, 'x')"),
    ("step.options(retries=1).run('a', len, 'x')", "await step.options(retries=1).run('a', len, 'x')"),
    (
        "return await step.gather(*[step.run('a', lambda: i) for i in (1, 2)])",
        "return await step.gather(*[step.run('a', lambda i=i: i) for i in (1, 2)])",
    ),
    (
        "return await step.gather(*[step.run('a', lambda: (i, j)) for i, j in pairs])",
        "return await step.gather(*[step.run('a', lambda i=i, j=j: (i, j)) for i, j in pairs])",
    ),
    (
        "await step.send_event('a', e); await step.wait_for_event('b', Paid, timeout='1h',)",
        "await step.send_event('a', e); await step.wait_for_event('b', Paid, timeout='1h', lookback=\"run\",)",
    ),
]
MENDS = [
    (before, after or before.replace("time.sleep(1)", 'await step.sleep("sleep-2", "1s")')) for before, after in MENDS
]

OFFERS = [
    ("return uuid.uuid1()", "ctx.uuid()"),
    ("return random.choice([1])", "random.Random(ctx.run_id).choice([1])"),
    ("return time.localtime()", "ctx.now()"),
    ("data = open('a').read()", "(await step.run(\"open\", open, 'a'))"),
    ("return os.getenv('A')", "await step.run(\"getenv\", os.getenv, 'A')"),
    ("return {1, 2}.pop()", "sorted({1, 2})"),
    ("time.sleep(seconds)", None),
    ("x = time.sleep(1)", None),
    ("print('a', end='')", None),
    ("print(x for x in 'a')", None),
    ("return (lambda: time.sleep(1))()", None),
    ("return list(map(time.time, [1]))", None),
    ("return {**{id(x): 1}}", None),
]


def mend_line(folder: Path, line: str) -> str:
    before = f"{HEAD}    {line}\n"
    return mend_bytes(folder, before.encode()).files.get("handler.py", before.encode()).decode()


def find(folder: Path, line: str) -> list[Finding]:
    (folder / "handler.py").write_text(f"{HEAD}    {line}\n")
    found = lint_files([folder / "handler.py"], [folder], SIGNS).findings
    return with_fixes(found, lambda name: (folder / name).read_bytes())


@pytest.mark.parametrize(("before", "after"), MENDS)
def test_a_mend_changes_what_is_wrong_and_nothing_else(before: str, after: str, tmp_path: Path) -> None:
    assert mend_line(tmp_path, before) == f"{HEAD}    {after}\n"


@pytest.mark.parametrize("before", [before for before, _ in MENDS])
def test_what_is_mended_is_found_no_more_and_mending_again_changes_nothing(before: str, tmp_path: Path) -> None:
    codes = {one.diagnostic.code for one in find(tmp_path, before) if one.is_fixable}
    assert codes
    again = mend_bytes(tmp_path, mend_line(tmp_path, before).encode())
    assert (again.files, codes & {one.diagnostic.code for one in again.linted.findings}) == ({}, set())


@pytest.mark.parametrize(("line", "offer"), OFFERS)
def test_what_may_not_be_meant_is_offered_and_not_done(line: str, offer: str | None, tmp_path: Path) -> None:
    (finding,) = find(tmp_path, line)
    assert (finding.fix, finding.is_fixable) == (offer, False)
    assert mend_line(tmp_path, line) == f"{HEAD}    {line}\n"


def test_the_offer_of_a_mend_is_what_it_would_write(tmp_path: Path) -> None:
    (finding,) = find(tmp_path, "time.sleep(60)")
    assert (finding.fix, finding.is_fixable) == ('await step.sleep("sleep", "1m")', True)


@pytest.mark.parametrize(
    ("prefix", "encoding", "end"),
    [
        ("", "utf-8", "\r\n"),
        ("", "utf-8-sig", "\n"),
        ("# coding: latin-1\n# é\n", "latin-1", "\n"),
        ("\f# é\n\f\n", "utf-8", "\n"),
    ],
    ids=["windows", "byte order mark", "latin", "form feeds"],
)
def test_line_breaks_and_encodings_stay(prefix: str, encoding: str, end: str, tmp_path: Path) -> None:
    before = f"{prefix}{HEAD}    return time.time(){end}".replace("\n", end)
    mended = mend_bytes(tmp_path, before.encode(encoding))
    assert mended.files == {
        "handler.py": before.replace("return time.time()", "return ctx.now().timestamp()").encode(encoding)
    }


def test_a_function_that_is_given_the_context_is_mended_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text("import time\ndef stamp(ctx):\n    return time.time()\n")
    mended = mend_bytes(tmp_path, b"from tools import stamp\nasync def handle(ctx, step):\n    return stamp(ctx)\n")
    assert mended.files == {"tools.py": b"def stamp(ctx):\n    return ctx.now().timestamp()\n"}
    assert mended.linted.findings == []


def test_without_the_context_nothing_is_mended(tmp_path: Path) -> None:
    text = "import time\ndef stamp(context: SSLContext):\n    return time.time()\n"
    (tmp_path / "tools.py").write_text(text)
    mended = mend_bytes(tmp_path, b"from tools import stamp\nasync def handle(ctx, step):\n    return stamp(1)\n")
    assert (mended.files, [one.diagnostic.code for one in mended.linted.findings]) == ({}, ["D101"])


def test_an_instance_of_a_subclass_stays_one(tmp_path: Path) -> None:
    text = (
        "from datetime import datetime\nclass M(datetime): ...\nasync def handle(ctx, step):\n    return M.utcnow()\n"
    )
    assert mend_bytes(tmp_path, text.encode()).files == {}


def test_every_mistake_of_a_kind_behind_one_call_is_mended(tmp_path: Path) -> None:
    (tmp_path / "tools.py").write_text("def tell(ctx):\n" + "    print(1)\n" * 12)
    mended = mend_bytes(tmp_path, b"from tools import tell\nasync def handle(ctx, step):\n    tell(ctx)\n")
    assert (mended.count, mended.linted.findings) == (12, [])


@given(lines=st.lists(st.sampled_from(MENDS), min_size=2, max_size=6))
def test_mends_do_not_disturb_each_other(
    lines: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ids of new steps are told apart, so they are left out of the comparison."""
    folder = tmp_path_factory.mktemp("mends")
    befores = [before.removeprefix("return ") for before, _ in lines]
    afters = [after.removeprefix("return ") for _, after in lines]
    text = "".join(f"    {line}\n" for line in befores)
    mended = mend_bytes(folder, f"{HEAD}{text}".encode())
    wanted = "".join(f"    {line}\n" for line in afters)
    assert SLEEP.sub("sleep", mended.files["handler.py"].decode()) == SLEEP.sub("sleep", f"{HEAD}{wanted}")
    assert mend_bytes(folder, mended.files["handler.py"]).files == {}
