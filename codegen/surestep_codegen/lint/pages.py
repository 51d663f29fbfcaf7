"""The manual's page of each code of the lint: rules explain themselves, the others are explained here."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Final

from surestep_codegen.lint.rules import RULES
from surestep_dsl.determinism_codes import UNREADABLE
from surestep_dsl.effects import EffectKind
from surestep_dsl.explanations import Page

__all__ = ["PAGES"]

_HEAD: Final = "async def handle(ctx, step):\n    "


def _page(text: str, wrong: str, right: str, imports: str = "", right_imports: str | None = None) -> Page:
    """A page whose examples are one line of a handler each."""
    right_imports = imports if right_imports is None else right_imports
    heads = (f"import {names}\n\n{_HEAD}" if names else _HEAD for names in (imports, right_imports))
    return Page(text, *(f"{head}{line}\n" for head, line in zip(heads, (wrong, right), strict=True)))


_EFFECTS: Final[Mapping[EffectKind, Page]] = {
    EffectKind.CLOCK: _page(
        "On a replay the clock shows another time, so what depends on it goes another way. `ctx.now()` is the time of "
        "the latest finished step, the same on every replay.",
        "return time.time()",
        "return ctx.now().timestamp()",
        "time",
        "",
    ),
    EffectKind.RANDOM: _page(
        "Chance falls differently on every replay. `ctx.random()` draws from a generator seeded with the run's id; a "
        "`random.Random(seed)` of your own is fine, too.",
        "return random.random()",
        "return ctx.random()",
        "random",
        "",
    ),
    EffectKind.UUID: _page(
        "A new id on every replay is another id for the same thing. `ctx.uuid()` gives the same one each time, and "
        "`uuid.uuid5` makes ids of names.",
        "return uuid.uuid4()",
        "return ctx.uuid()",
        "uuid",
        "",
    ),
    EffectKind.ENV: _page(
        "A run may go on in another process, with another environment. Read settings when the module is imported, or "
        "in a step if the run is to keep what it saw.",
        'return os.environ["SHOP"]',
        'return await step.run("read-shop", os.getenv, "SHOP")',
        "os",
    ),
    EffectKind.IO: _page(
        "A file or a database may hold something else on the replay, and what is written is written again. A step does "
        "it once and keeps the result.",
        "return pathlib.Path('prices.txt').read_text()",
        "return await step.run('read-prices', pathlib.Path('prices.txt').read_text)",
        "pathlib",
    ),
    EffectKind.NETWORK: _page(
        "What others answer may differ on the replay, and they would be asked again every time. A step asks once and "
        "keeps the answer.",
        "return httpx.get('https://example.org')",
        "return await step.run('fetch', httpx.get, 'https://example.org')",
        "httpx",
    ),
    EffectKind.SLEEP: _page(
        "A sleep in handler code keeps a worker busy and starts anew after a crash. `step.sleep` survives crashes and "
        "costs nothing while it lasts.",
        "time.sleep(60)",
        "await step.sleep('wait', '1m')",
        "time",
        "",
    ),
    EffectKind.THREAD: _page(
        "Threads finish in any order, and nobody replays what they did. A step runs a plain function in a thread of "
        "its own.",
        "return threading.Thread(target=len)",
        "return await step.run('count', len, 'abc')",
        "threading",
        "",
    ),
    EffectKind.TASK_SPAWN: _page(
        "Handler code is driven by hand, without an event loop, so tasks would never run. `step.gather` runs steps "
        "beside each other.",
        "return await asyncio.gather()",
        "return await step.gather(step.run('a', len, 'x'), step.run('b', len, 'y'))",
        "asyncio",
        "",
    ),
    EffectKind.SUBPROCESS: _page(
        "A process started in handler code is started again on every replay. A step starts it once.",
        "return subprocess.run(['true'])",
        "return await step.run('build', subprocess.run, ['true'])",
        "subprocess",
    ),
    EffectKind.LOGGING: _page(
        "It changes nothing, but the line is written again on every replay. `ctx.logger` writes each line once.",
        "print('charged')",
        "ctx.logger.info('charged')",
    ),
    EffectKind.HASH_ID: _page(
        "`id` is an address in memory, and Python chooses `hash` of texts anew in every process. Use a value of the "
        "data itself.",
        "return hash(ctx.event.data.name)",
        "return ctx.event.data.name",
    ),
}

_LINKED: Final[Mapping[str, Page]] = {
    UNREADABLE: Page(
        "The file cannot be read, or is not Python of the version that runs surestep, or is too large or nested too "
        "deep. What it does is not known, so handlers that use it are not fully checked.",
        "def handle(ctx, step)\n    return 1\n",
        "def handle(ctx, step):\n    return 1\n",
    ),
    "D115": Page(
        "The body of a step may not change what it is given: on a replay it does not run, and the change is missing. "
        "Return the changed value, and assign the result.",
        f"def add(items):\n    items.append(1)\n\n{_HEAD}items = []\n    await step.run('add', add, items)\n"
        "    return items\n",
        f"def add(items):\n    return [*items, 1]\n\n{_HEAD}items = []\n    items = await step.run('add', add, items)\n"
        "    return items\n",
    ),
    "D122": Page(
        "Handler code can await steps and nothing else: what a library awaits needs an event loop, and its answer "
        "would not be kept. Await it in a step.",
        f"import shoplib\n\n{_HEAD}return await shoplib.fetch('x')\n",
        f"import shoplib\n\n{_HEAD}return await step.run('fetch', shoplib.fetch, 'x')\n",
    ),
    "D124": Page(
        "The result of a step is stored and read back. Generators, locks, connections and the like cannot be.",
        f"def rows():\n    yield 1\n\n{_HEAD}return await step.run('rows', rows)\n",
        f"def rows():\n    return [1]\n\n{_HEAD}return await step.run('rows', rows)\n",
    ),
}

PAGES: Final[Mapping[str, Page]] = dict(
    sorted(
        {
            **{kind.code: page for kind, page in _EFFECTS.items()},
            **_LINKED,
            **{
                rule.code: Page(
                    cleandoc(rule.find.__doc__ or ""), rule.invalid[0].lstrip("\n"), rule.valid[0].lstrip("\n")
                )
                for rule in RULES
            },
        }.items()
    )
)
"""By code, sorted."""
