"""What a job stands for: the nodes of four events and one function, as if somebody had written them out.

What the job states is taken over as it stands, so findings point at it; what is added points at the job's id.
"""

from typing import Final, NamedTuple

from surestep_dsl.nodes import Entry, MappingNode, Node, ScalarNode, SequenceNode, Style
from surestep_dsl.parse.reader import KeyReader

__all__ = ["CRON_KEYS", "OWN_KEYS", "REFUSED_KEYS", "LongForm", "write_long_form"]

CRON_KEYS: Final = ("cron", "timezone", "jitter", "catch_up")
"""Keys of a job that go to its cron trigger."""
OWN_KEYS: Final = (*CRON_KEYS, "options", "stats")
"""Keys of a job that no function has."""
REFUSED_KEYS: Final = {
    "triggers": "it runs by `cron` and by its `.requested` event",
    "singleton": "a job has one live run at a time anyway",
    "debounce": "a job has one live run at a time, a second request is refused",
    "batch_events": "each request is a run of its own",
    "returns": "its result is what `stats` says",
}
"""Keys of functions that no job has, each with the reason."""


class LongForm(NamedTuple):
    """Two sections of a spec."""

    events: MappingNode
    functions: MappingNode


def write_long_form(key: ScalarNode, keys: KeyReader) -> LongForm:
    """The sections `events` and `functions` that a job stands for.

    Args:
        key: the job's id.
        keys: what is written below it.
    """
    return _Writer(key, keys).sections()


class _Writer:
    def __init__(self, key: ScalarNode, keys: KeyReader) -> None:
        self.key = key
        self.written = keys.entries

    def sections(self) -> LongForm:
        job = self.key.text
        events = {
            f"{job}.requested": self.event("Asks for a run.", self.requested()),
            f"{job}.completed": self.event("A run is done.", {"log_id": self.text("string"), **self.stats()}),
            f"{job}.failed": self.event("A run failed for good.", self.failed()),
            f"{job}.cancelled": self.event("Stops the run with this log id.", {"log_id": self.text("string")}),
        }
        functions = {job.replace("/", "-"): self.function()}
        return LongForm(self.mapping(events), self.mapping(functions))

    def event(self, description: str, data: dict[str, Node]) -> Node:
        return self.mapping({"description": self.text(description), "data": self.mapping(data)})

    def requested(self) -> dict[str, Node]:
        data: dict[str, Node] = {"triggered_by": self.text("enum[cron, manual]"), "log_id?": self.text("string")}
        return {**data, "options?": self.payload("options")} if "options" in self.written else data

    def stats(self) -> dict[str, Node]:
        return {"stats": self.payload("stats")} if "stats" in self.written else {}

    def failed(self) -> dict[str, Node]:
        return {"log_id": self.text("string"), "error": self.text("string"), "attempt": self.text("integer")}

    def payload(self, key: str) -> Node:
        """The type that an object stated by fields, or by name, is; what is neither was reported already."""
        value = self.written[key].value
        if isinstance(value, ScalarNode) and not value.is_empty:
            return value
        return self.mapping({"fields": value if isinstance(value, MappingNode) else self.mapping({})})

    def function(self) -> Node:
        entries = [Entry(self.text("triggers"), self.triggers())]
        entries += [
            entry for name, entry in self.written.items() if name not in (*OWN_KEYS, *REFUSED_KEYS, "cancel_on")
        ]
        entries.append(self.cancel_on())
        entries.append(Entry(self.text("singleton"), self.mapping({"mode": self.text("skip")})))
        if "stats" in self.written:
            entries.append(Entry(self.text("returns"), self.payload("stats")))
        return self.node(tuple(entries))

    def triggers(self) -> Node:
        cron = tuple(self.written[name] for name in CRON_KEYS if name in self.written)
        manual = self.mapping({"event": self.text(f"{self.key.text}.requested")})
        return self.sequence((self.node(cron), manual) if "cron" in self.written else (manual,))

    def cancel_on(self) -> Entry:
        event, match = self.text(f"{self.key.text}.cancelled"), self.text("data.log_id")
        items: tuple[Node, ...] = (self.mapping({"event": event, "match": match}),)
        stated = self.written.get("cancel_on")
        if stated is None:
            return Entry(self.text("cancel_on"), self.sequence(items))
        more = stated.value.items if isinstance(stated.value, SequenceNode) else (stated.value,)
        return Entry(stated.key, self.sequence((*items, *more)))

    def text(self, text: str) -> ScalarNode:
        return ScalarNode(self.key.source, self.key.start, self.key.end, text, Style.PLAIN)

    def mapping(self, entries: dict[str, Node]) -> MappingNode:
        return self.node(tuple(Entry(self.text(name), value) for name, value in entries.items()))

    def node(self, entries: tuple[Entry, ...]) -> MappingNode:
        return MappingNode(self.key.source, self.key.start, self.key.end, entries)

    def sequence(self, items: tuple[Node, ...]) -> SequenceNode:
        return SequenceNode(self.key.source, self.key.start, self.key.end, items)
