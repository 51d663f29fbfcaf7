"""The guard beside others that watch: debuggers, profilers, coverage, and tools that hold the interpreter's ids."""

import cProfile
import logging
import pstats
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import pytest
from tests.unit.runtime.guard.conftest import watch

from surestep.guard import guard as guard_module

MONITORING = pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12")

APP = """
import sys
import time
from surestep.errors import NonDeterminismError
from surestep.guard.guard import Guard, GuardMode

async def handle():
    found = len("abc")
    time.time()
    return found

async def harmless():
    return len("abc")

def check(handle):
    try:
        Guard(GuardMode.STRICT).resume(handle(), None, None)
    except NonDeterminismError as error:
        print("refused", str(error).partition(" at ")[0])
    except StopIteration as end:
        print("passed", end.value)

def main():
    check(harmless)
    check(handle)

if __name__ == "__main__":
    main()
"""

BOTH = ["passed 3", "refused D101 handler code called time.time (clock)"]


IN_THE_MIDST = """
import sys
import threading
import shop

first = threading.Thread(target=shop.main)
midst, over = threading.Event(), threading.Event()
times = int(sys.argv[1])

def hook(event, arguments):
    global times
    if event == "sys.setprofile" and threading.current_thread() is first:
        times -= 1
        if times == 0:
            midst.set()
            over.wait()

sys.addaudithook(hook)
first.start()
midst.wait()
try:
    shop.main()
finally:
    over.set()
    first.join()
"""


def run(folder: Path, *command: str, text: str = "", **environ: str) -> str:
    (folder / "shop.py").write_text(APP)
    made = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environ, input=text, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def read() -> None:
    time.time()


def test_a_profilers_data_stay_right() -> None:
    profiler = cProfile.Profile()

    def act() -> None:
        for _ in range(7):
            abs(-1)

    profiler.enable()
    try:
        assert watch(act) == ""
    finally:
        profiler.disable()
    calls = {name: found[1] for (_, _, name), found in pstats.Stats(profiler).stats.items()}  # type: ignore[attr-defined]
    assert calls["<built-in method builtins.abs>"] == 14


def test_a_profile_function_stays_and_is_told_of_handler_code(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    guard_module._tell_that_a_profiler_stays.cache_clear()

    def profile(frame: FrameType, event: str, called: object) -> None:
        if event == "call":
            told.append(frame.f_code.co_name)

    def act() -> None:
        read_nothing()

    def read_nothing() -> None:
        return

    sys.setprofile(profile)
    try:
        with caplog.at_level(logging.WARNING, "surestep.guard"):
            assert watch(act) == ""
        assert sys.getprofile() is profile
    finally:
        sys.setprofile(None)
    assert told.count("read_nothing") == 2
    expected = ["a profiler is at work and stays: clocks and randomness in handler code are not watched meanwhile"]
    assert [record.getMessage() for record in caplog.records] == (expected if sys.version_info < (3, 12) else [])


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the guard needs no profile function there")
@pytest.mark.parametrize("times", ["1", "2"], ids=["beginning", "end"])
def test_two_threads_may_set_their_profile_functions_at_once(tmp_path: Path, times: str) -> None:
    (tmp_path / "midst.py").write_text(IN_THE_MIDST)
    assert sorted(run(tmp_path, "midst.py", times).splitlines()) == sorted(BOTH * 2)


@MONITORING
def test_a_profile_function_set_by_handler_code_stays() -> None:
    def profile(frame: FrameType, event: str, called: object) -> None: ...

    assert watch(lambda: sys.setprofile(profile)) == ""
    try:
        assert sys.getprofile() is profile
    finally:
        sys.setprofile(None)
    assert watch(read) == "time.time (clock)"


@MONITORING
def test_without_a_free_id_the_profile_function_watches(tmp_path: Path) -> None:
    script = (
        "import sys\nfor number in range(6): sys.monitoring.use_tool_id(number, 'other')\nimport shop\nshop.main()\n"
        "from surestep.guard.guard import _the_watch; print(type(_the_watch()).__name__)"
    )
    assert run(tmp_path, "-c", script).splitlines() == [*BOTH, "ProfileWatch"]


@MONITORING
def test_a_debugger_that_watches_lines_sees_all_of_them(tmp_path: Path) -> None:
    script = """
import sys, shop
lines = []
found = sys.monitoring
found.use_tool_id(0, "debugger")
found.register_callback(0, found.events.LINE, lambda code, line: lines.append((code.co_name, line)))
found.set_events(0, found.events.LINE)
shop.main()
found.set_events(0, 0)
print([line for name, line in lines if name == "handle"])
"""
    assert run(tmp_path, "-c", script).splitlines() == [*BOTH, "[8, 9]"]


def test_a_debugger_steps_through_handler_code(tmp_path: Path) -> None:
    commands = "b 8\nc\nn\np found\nc\nq\n"
    said = run(tmp_path, "-m", "pdb", "shop.py", text=commands)
    lines = [line.removeprefix("(Pdb) ") for line in said.splitlines()]
    assert [line for line in lines if line in {*BOTH, "3"}] == [BOTH[0], "3", BOTH[1]]


@pytest.mark.parametrize("core", ["ctrace", "pytrace", "sysmon"])
def test_coverage_sees_the_same_lines(tmp_path: Path, core: str) -> None:
    if core == "sysmon" and sys.version_info < (3, 12):
        pytest.skip("sys.monitoring came with Python 3.12")
    assert run(tmp_path, "-m", "coverage", "run", "shop.py", COVERAGE_CORE=core).splitlines() == BOTH
    report = run(tmp_path, "-m", "coverage", "report", "-m", "--include=shop.py", COVERAGE_CORE=core)
    assert report.splitlines()[2].split()[-1] == "10"


def test_optimised_code(tmp_path: Path) -> None:
    assert run(tmp_path, "-OO", "shop.py").splitlines() == BOTH


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("loop", ["asyncio.new_event_loop", "uvloop.new_event_loop"])
def test_every_event_loop(tmp_path: Path, loop: str, *, debug: bool) -> None:
    if loop.startswith("uvloop"):
        pytest.importorskip("uvloop")
    script = f"""
import asyncio, {loop.partition(".")[0]}, shop

async def main():
    shop.main()
    assert type(asyncio.get_running_loop()).__name__ != "GuardLoop"
    await asyncio.sleep(0)

with asyncio.Runner(loop_factory={loop}, debug={debug}) as runner:
    runner.run(main())
"""
    assert run(tmp_path, "-W", "error", "-c", script).splitlines() == BOTH
