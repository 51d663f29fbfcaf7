"""Modules that only compute: what counts as one, and that reading each in full finds nothing in it."""

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from surestep_codegen.lint.handlers import HandlerSigns
from surestep_codegen.lint.parsing import ParsedModule, parse_module
from surestep_codegen.lint.plain import PLAIN_MODULES, PLAIN_NAMES, is_plain
from surestep_codegen.lint.reading import read_module
from surestep_codegen.lint.rules import RULES
from surestep_dsl.effects import EFFECTS, effect_of

PACKAGE = "shop.contract"

PLAIN = [
    "",
    "import re\n",
    "import json\nfrom pydantic import BaseModel\n",
    "import math, re as regex\nfrom dataclasses import dataclass, field\n",
    "from typing import (\n    Any,\n    Final,\n)\n",
    "from pathlib import PurePath\nfrom datetime import timedelta as delta\n",
    "from shop.contract.events.order import OrderPlaced\n",
    "def total(order):\n    return order.id + order.open\n",
    "def names(items):\n    return sorted(item.name for item in items)\n",
]

NOT_PLAIN = [
    "import time\n",
    "import time as math\n",
    "import math, time\n",
    "import os.path\n",
    "from time import time\n",
    "from pathlib import Path\n",
    "from pydantic import FilePath\n",
    "import urllib.request\n",
    "from pathlib import PurePath, Path\n",
    "from datetime import datetime, timedelta\n",
    "from shop.tools import stamp\n",
    "from shop.contract.functions.order import order\n",
    "from shop.contract.eventsource import now\n",
    "from . import tools\n",
    "from .tools import stamp\n",
    "from math import *\nfrom tools import *\n",
    "import math; import time\n",
    "from time \\\nimport copy\n",
    "def stamp():\n    import time\n    return time.time()\n",
    "def stamp():\n    return __import__('time').time()\n",
    "if True: import time\n",
    "from time import (  # the clock\n    time,\n)\n",
    "def load(name):\n    return open(name)\n",
    "def key(item):\n    return hash(item)\n",
    "async def load():\n    pass\n",
    "def add(step):\n    step.sleep('a', '1h')\n",
    "class OrderStep: ...\ndef add(one: OrderStep):\n    one.sleep('a', '1h')\n",
    "def add(one: 'shop.OrderStep'):\n    one.sleep('a', '1h')\n",
    "x = 5  # surestep: ignore[D101] it is one\n",
    "import math\nNAME = 'import math'\n",
    "ü = 5\n",
]

LINES = [
    "import math",
    "import time",
    "import math, time",
    "import time as math",
    "from time import time",
    "from time import time as total",
    "from decimal import Decimal",
    "from datetime import datetime",
    "from datetime import timedelta",
    "from os import (getpid, urandom)",
    "from typing import (Any,\n    Final)",
    "from random \\\nimport random",
    "    import time",
    "    from time import time",
    "math; import time",
    '"""',
    'import math\n"""',
    "# import math",
    "def stamp(): return time.time()",
    "def now(): return datetime.now()",
    "def draw(): return random()",
    "def size(path): return len(open(path).read())",
    "def total(items): return math.fsum(items) + Decimal(1)",
    "def later(items, key=time): return key()",
    "async def wait(one): return await one()",
    "def add(step): return step.sleep('a', '1h')",
    "class Line:\n    def stamp(self): return time()",
]


def faults_in(content: bytes) -> list[str]:
    """What reading a module in full finds that a plain one must not have; nothing of one that nobody can read."""
    parsed = parse_module(content)
    if not isinstance(parsed, ParsedModule):
        return []
    facts = read_module(parsed, "shop.tools", "shop/tools.py", HandlerSigns(PACKAGE), RULES, is_package=False)
    functions = facts.functions.values()
    steps = [one.name for one in functions if one.makes_steps or one.bodies or one.faults]
    uses = [use.name for one in functions for use in one.uses]
    return [
        *steps,
        *facts.handlers,
        *facts.stars,
        *map(str, facts.silencers),
        *(name for name in uses if effect_of(name)),
    ]


@pytest.mark.parametrize("text", PLAIN)
def test_a_module_that_only_computes_is_plain(text: str) -> None:
    assert is_plain(text.encode(), PACKAGE)
    assert faults_in(text.encode()) == []


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_what_may_do_more_is_not_plain(text: str) -> None:
    assert not is_plain(text.encode(), PACKAGE)


def test_without_a_generated_package_no_import_of_events_is_plain() -> None:
    assert not is_plain(b"from .events import OrderPlaced\n", "")
    assert not is_plain(b"from events import OrderPlaced\n", "")


def test_nothing_plain_is_in_the_table_of_effects() -> None:
    plain = PLAIN_MODULES | PLAIN_NAMES
    assert [name for name in plain if effect_of(name)] == []
    assert [name for name in EFFECTS if any(name.startswith(f"{one}.") for one in plain)] == []


def test_plain_modules_of_the_standard_library_have_no_effects() -> None:
    files = [file for pattern in ("*.py", "*/*.py") for file in Path(os.__file__).parent.glob(pattern)]
    plain = [content for file in files if is_plain(content := file.read_bytes(), PACKAGE)]
    assert len(plain) > 20
    assert [found for content in plain for found in faults_in(content)] == []


@given(st.lists(st.sampled_from(LINES)).map("\n".join))
def test_no_plain_text_has_effects(text: str) -> None:
    assert not is_plain(text.encode(), PACKAGE) or faults_in(text.encode()) == []
