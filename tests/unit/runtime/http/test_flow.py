"""The endpoints about flow control, on a real engine."""

import httpx
import pytest
from tests.behaviour.conftest import Placed, handles

from surestep import Context, Step
from surestep.http.app import create_app
from surestep.testing import Bench, InlineRegistry
from surestep_dsl.flow import Concurrency


@handles(Placed, function_id="ship", concurrency=(Concurrency(1, key="event.data.order_id", per="run"),))
async def ship(ctx: Context[Placed], step: Step) -> None:
    await step.sleep("pause", "1m")


def _client(bench: Bench) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(bench.engine, None)), base_url="http://127.0.0.1:8288"
    )


async def test_the_queue_is_listed_and_a_waiting_run_tells_why() -> None:
    async with Bench(InlineRegistry("shop", [Placed], [ship])) as bench, _client(bench) as client:
        await bench.send(Placed(), Placed())
        answer = (await client.get("/v1/queue", params={"function": "ship", "limit": 5})).json()
        assert answer == {
            "queue": [
                {
                    "function_id": "ship",
                    "policy": "concurrency",
                    "key": "o-1",
                    "waiting": 1,
                    "in_use": 1,
                    "limit": 1,
                    "starts_at_ms": None,
                }
            ],
            "left_off": 0,
            "waiting": 1,
        }
        run_id = (await bench.runs())[1].run.run_id
        shown = (await client.get(f"/v1/runs/{run_id}")).json()
        assert shown["held"] == {"policy": "concurrency", "key": "o-1", "position": 1, "starts_at_ms": None}


async def test_a_function_is_paused_and_resumed() -> None:
    async with Bench(InlineRegistry("shop", [Placed], [ship])) as bench, _client(bench) as client:
        paused = await client.post("/v1/functions/ship/pause", params={"events": "skip"})
        assert paused.json() == {"function": "ship", "events": "skip", "status": 200}
        assert bench.engine.flow.paused == {"ship": "skip"}
        assert (await client.post("/v1/functions/ship/resume")).status_code == 200
        assert bench.engine.flow.paused == {}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/functions/shap/pause", "H019"),
        ("/v1/functions/shap/resume", "H019"),
        ("/v1/functions/ship/pause?events=drop", "H008"),
    ],
)
async def test_what_cannot_be_paused_is_refused(path: str, code: str) -> None:
    async with Bench(InlineRegistry("shop", [Placed], [ship])) as bench, _client(bench) as client:
        assert (await client.post(path)).json()["error"]["code"] == code


async def test_the_queue_of_a_function_that_is_not_there_is_refused() -> None:
    async with Bench(InlineRegistry("shop", [Placed], [ship])) as bench, _client(bench) as client:
        refused = await client.get("/v1/queue", params={"function": "shap"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "H019")
        assert (await client.get("/v1/queue", params={"function": "ship"})).json()["queue"] == []
