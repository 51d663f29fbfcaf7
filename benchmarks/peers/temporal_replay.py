"""Replays what was asked, as record.py prints it, on the handler of the working directory.

That comes on standard input. The status is 1 where the Replayer refuses, or its sandbox does not let it be loaded.
"""

import asyncio
import json
import sys
from collections import Counter
from typing import Any

from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payloads
from temporalio.client import WorkflowHistory
from temporalio.converter import default
from temporalio.worker import Replayer

__all__: list[str] = []

RUN = "00000000-0000-0000-0000-000000000001"
STARTED = {
    "workflowType": {"name": "Workflow"},
    "taskQueue": {"name": "q"},
    "attempt": 1,
    "originalExecutionRunId": RUN,
    "firstExecutionRunId": RUN,
    "workflowTaskTimeout": "10s",
    "workflowId": "w",
}

METADATA = {"coreUsedFlags": [1, 2, 3]}
"""As a server's histories have it: the first lets ids and types be compared."""


class History:
    """Events, numbered."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def add(self, name: str, **attributes: object) -> str:
        """Append an event; gives its number."""
        number = str(len(self.events) + 1)
        kind = "EVENT_TYPE" + "".join("_" + letter if letter.isupper() else letter.upper() for letter in name)
        key = f"{name[0].lower()}{name[1:]}EventAttributes"
        self.events.append({"eventId": number, "eventTime": "2026-01-01T00:00:00Z", "eventType": kind, key: attributes})
        return number

    def add_task(self) -> str:
        """A turn of the workflow's code."""
        scheduled = self.add("WorkflowTaskScheduled", taskQueue={"name": "q"}, startToCloseTimeout="10s", attempt=1)
        started = self.add("WorkflowTaskStarted", scheduledEventId=scheduled)
        return self.add(
            "WorkflowTaskCompleted", scheduledEventId=scheduled, startedEventId=started, sdkMetadata=METADATA
        )


def render_history(asked: list[tuple[str, str, str]]) -> str:
    """The history of a finished workflow."""
    history = History()
    history.add("WorkflowExecutionStarted", **STARTED)
    task = history.add_task()
    counts = Counter[str]()
    for kind, name, value in asked:
        counts[kind] += 1
        number = str(counts[kind])
        if kind == "run":
            _add_activity(history, number, name, value, task)
        else:
            seconds = {"1s": "1s", "1m": "60s", "2m": "120s"}[value]
            timer = history.add(
                "TimerStarted", timerId=number, startToFireTimeout=seconds, workflowTaskCompletedEventId=task
            )
            history.add("TimerFired", timerId=number, startedEventId=timer)
        task = history.add_task()
    history.add("WorkflowExecutionCompleted", workflowTaskCompletedEventId=task)
    return json.dumps({"events": history.events})


def _add_activity(history: History, number: str, name: str, value: str, task: str) -> None:
    payloads = MessageToDict(Payloads(payloads=default().payload_converter.to_payloads([value])))
    scheduled = history.add(
        "ActivityTaskScheduled",
        activityId=number,
        activityType={"name": name},
        taskQueue={"name": "q"},
        input=payloads,
        startToCloseTimeout="60s",
        workflowTaskCompletedEventId=task,
    )
    started = history.add("ActivityTaskStarted", scheduledEventId=scheduled, attempt=1)
    history.add("ActivityTaskCompleted", scheduledEventId=scheduled, startedEventId=started, result=payloads)


async def main() -> None:
    """Replay."""
    sys.path.insert(0, ".")
    from temporal_workflow import Workflow  # noqa: PLC0415 -- it imports the handler

    history = WorkflowHistory.from_json("w", render_history(json.load(sys.stdin)))
    result = await Replayer(workflows=[Workflow]).replay_workflow(history, raise_on_replay_failure=False)
    sys.stderr.write(f"{result.replay_failure}\n")
    sys.exit(1 if result.replay_failure else 0)


asyncio.run(main())
