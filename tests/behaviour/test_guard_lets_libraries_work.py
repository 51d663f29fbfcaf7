"""Handler code may log, build models and requests, import, format and calculate: nobody is accused of that."""

import asyncio
import contextlib
import copy
import dataclasses
import datetime as dt
import decimal
import enum
import functools
import hashlib
import importlib
import inspect
import io
import json
import logging
import logging.handlers
import pickle
import queue
import random
import re
import statistics
import string
import sys
import time
import traceback
import typing
import urllib.parse
import uuid
import warnings
import zoneinfo
from collections import Counter, OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path, PurePosixPath

import httpx
import pydantic
import pytest
from tests.behaviour.conftest import Placed, World, handles, result_of

from surestep import Context, Step

logger = logging.getLogger("tests.shop")

LAZY = """
import datetime, importlib.resources, os, pathlib, random, socket, threading, time, uuid

STARTED = time.time(), time.monotonic(), datetime.datetime.now(), uuid.uuid4(), random.random()
HOME = os.environ.get("HOME"), os.getcwd(), socket.gethostname()
LOCK = threading.Lock()
SOURCE = pathlib.Path(__file__).read_text()
DATA = importlib.resources.files("lazy_shop").joinpath("rates.json").read_text()

class Rates:
    loaded_at = time.time()

def rate():
    return 3
"""


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Right(enum.Flag):
    READ = 1
    WRITE = 2


class Line(pydantic.BaseModel):
    sku: str
    price: decimal.Decimal = pydantic.Field(gt=0)
    at: dt.datetime | None = None
    colour: Colour = Colour.RED
    tags: list[str] = pydantic.Field(default_factory=list)

    @pydantic.field_validator("sku")
    @classmethod
    def upper(cls, sku: str) -> str:
        return sku.upper()

    @pydantic.model_validator(mode="after")
    def is_sold(self) -> "Line":
        return self

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def doubled(self) -> decimal.Decimal:
        return self.price * 2


@dataclasses.dataclass(order=True)
class Point:
    x: int
    tags: list[str] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        self.y = self.x

    @functools.cached_property
    def z(self) -> int:
        return self.x


@functools.singledispatch
def shown(value: object) -> str:
    return str(value)


@shown.register
def _(value: int) -> str:
    return f"{value:>10.2f}"


@functools.lru_cache
def doubled(number: int) -> int:
    return number * 2


def compare(one: int, other: int) -> int:
    return one - other


@contextlib.contextmanager
def managed() -> Iterator[int]:
    yield 1


total: ContextVar[int] = ContextVar("total", default=0)


def log() -> None:
    logger.info("placed %s", {"id": 1})
    logging.getLogger("tests.shop.deep").error("with a stack", stack_info=True)
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logger.exception("failed")
        traceback.print_exc(file=io.StringIO())
        assert "log" in traceback.format_exc()
    traceback.format_stack()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn("soft", DeprecationWarning, stacklevel=2)


def build_models() -> None:
    line = Line.model_validate({"sku": "a", "price": "3.5", "at": "2026-01-01T00:00:00Z"})
    assert Line.model_validate_json(line.model_dump_json(exclude={"doubled"})) == line
    line.model_copy(update={"sku": "b"})
    Line.model_json_schema()
    with contextlib.suppress(pydantic.ValidationError):
        Line.model_validate({"sku": "a", "price": "-1"})
    lines = pydantic.TypeAdapter(list[Line])
    lines.dump_json(lines.validate_python([{"sku": "x", "price": "1"}]))

    class Local(pydantic.BaseModel):
        sku: "str | None" = None

    Local(sku="a")
    pydantic.create_model("Made", number=(int, 1))()


def build_requests() -> None:
    made = httpx.Request("POST", "https://shop.test/a?b=1", json={"a": 1}, headers={"x": "1"}, params={"p": 2})
    made.read()
    httpx.Request("POST", "https://shop.test", data={"a": "b"})
    httpx.URL("https://shop.test").join("/c")
    assert httpx.Response(200, json={"a": 1}, request=made).json() == {"a": 1}
    with contextlib.suppress(httpx.HTTPStatusError):
        httpx.Response(404, request=made).raise_for_status()
    httpx.Timeout(3)
    httpx.BasicAuth("user", "word")
    urllib.parse.urlencode({"a": "b c"})


def tell_times() -> None:
    moment = dt.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris"))
    zoneinfo.ZoneInfo.no_cache("America/New_York").utcoffset(moment.replace(tzinfo=None))
    moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H")
    dt.datetime.fromisoformat(moment.isoformat())
    dt.datetime.strptime("2026 +0000", "%Y %z")
    dt.datetime.fromtimestamp(0, dt.UTC)
    time.strftime("%Y", time.gmtime(0))
    time.mktime(time.localtime(5))


def calculate() -> None:
    random.Random(4).shuffle([1, 2])
    random.Random("seed").choice([1, 2])
    uuid.uuid5(uuid.NAMESPACE_DNS, "shop")
    hashlib.sha256(b"a").hexdigest()
    statistics.mean([1, 2])
    with decimal.localcontext() as context:
        context.prec = 5
        (decimal.Decimal(1) / 3).quantize(decimal.Decimal("0.01"), rounding=decimal.ROUND_HALF_UP)
    re.sub(r"(\d)", lambda found: found.group(1), "a1")
    string.Template("$a").substitute(a=1)
    json.dumps({"a": dt.date(2026, 1, 1)}, default=str, sort_keys=True)
    sorted([3, 1], key=functools.cmp_to_key(compare))
    shown(1)
    shown("a")
    assert doubled(3) == doubled(3)
    functools.partial(int, base=2)("1")
    Counter("aab").most_common()
    OrderedDict(a=1)
    PurePosixPath("/a/b").with_suffix(".c")
    str(Path("a") / "b")


def look_at_types() -> None:
    typing.get_type_hints(Point)
    inspect.signature(Point)
    inspect.getsource(Point)
    assert Point(1) < Point(2)
    dataclasses.asdict(dataclasses.replace(Point(1), x=Point(2).z))
    dataclasses.make_dataclass("Made", ["a"])(1)
    namedtuple("Pair", "a b")  # noqa: PYI024 -- made at run time
    enum.Enum("Made", "A B")
    assert [Colour("red"), Right.READ | Right.WRITE, *Colour]
    copy.deepcopy({"a": [Point(1)]})
    pickle.loads(pickle.dumps(Point(1)))
    inspect.iscoroutinefunction(log)
    asyncio.isfuture(1)
    repr(asyncio.CancelledError())


def import_lazily() -> None:
    import colorsys

    importlib.import_module("email.mime.text")
    importlib.import_module("xml.dom.minidom")
    lazy = importlib.import_module("lazy_shop")
    assert lazy.rate() == 3
    colorsys.rgb_to_hls(0, 0, 0)


def manage_contexts() -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(managed())
    token = total.set(3)
    total.reset(token)
    with contextlib.suppress(ExceptionGroup):
        raise ExceptionGroup("several", [ValueError("one")])


PARTS: tuple[Callable[[], None], ...] = (
    log,
    build_models,
    build_requests,
    tell_times,
    calculate,
    look_at_types,
    import_lazily,
    manage_contexts,
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that reads the world when it is imported, and loggers that write files."""
    package = tmp_path / "lazy_shop"
    package.mkdir()
    (package / "__init__.py").write_text(LAZY)
    (package / "rates.json").write_text("{}")
    monkeypatch.syspath_prepend(str(tmp_path))
    file = logging.FileHandler(tmp_path / "memory.log")
    kept: list[logging.Handler] = [
        file,
        logging.handlers.RotatingFileHandler(tmp_path / "sizes.log", maxBytes=50, backupCount=2, delay=True),
        logging.handlers.TimedRotatingFileHandler(tmp_path / "times.log", when="s", delay=True),
        logging.handlers.WatchedFileHandler(tmp_path / "watched.log", delay=True),
        logging.handlers.QueueHandler(queue.Queue()),
        logging.handlers.MemoryHandler(2, target=file),
    ]
    for handler in kept:
        handler.setFormatter(logging.Formatter("%(asctime)s %(taskName)s %(message)s", defaults={"taskName": ""}))
    for handler in kept[1:]:
        logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield
    for handler in reversed(kept):
        logger.removeHandler(handler)
        handler.close()
    sys.modules.pop("lazy_shop", None)


@pytest.mark.usefixtures("shop")
async def test_a_handler_that_uses_many_libraries_is_accused_of_nothing(world: World) -> None:
    @handles(Placed, result=int)
    async def process(ctx: Context[Placed], step: Step) -> int:
        for part in PARTS:
            part()
        found = await step.run("count", lambda: len(PARTS))
        await step.sleep("pause", "1h")
        for part in PARTS:
            part()
        ctx.logger.info("done at %s", ctx.now())
        async with contextlib.AsyncExitStack():
            return found

    async with world.run(process) as bench:
        await bench.send(Placed())
        await bench.finish()
        assert await result_of(bench) == 8
