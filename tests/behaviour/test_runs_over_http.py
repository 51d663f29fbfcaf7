"""Runs are found, stopped, done again and written down over HTTP, one by one and many at once."""

from typing import Any

import httpx
import pytest
from tests.behaviour.conftest import ONCE, OrderData, Placed, World, handles

from surestep import Context, Step
from surestep.core.records import RunStatus
from surestep.engines.histories import parse_history
from surestep.http.app import create_app
from surestep.testing import Bench


def check(amount: int) -> int:
    if amount < 0:
        raise ValueError("negative")
    return amount


@handles(Placed, result=object, retries=ONCE)
async def process(ctx: Context[Placed], step: Step) -> object:
    found = await step.run("check", check, ctx.event.data.amount)
    await step.sleep("pause", "1h")
    return found


@handles(Placed, function_id="process", result=object, retries=ONCE)
async def without_check(ctx: Context[Placed], step: Step) -> object:
    await step.sleep("pause", "1h")
    return None


async def ask(bench: Bench, method: str, path: str, body: object = None) -> tuple[int, Any]:
    app = create_app(bench.engine, None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        response = await client.request(method, f"/v1/runs{path}", json={} if body is None else body)
    return response.status_code, response.json()


async def place(bench: Bench, *amounts: int) -> list[str]:
    """Runs of orders, oldest first."""
    for amount in amounts:
        await bench.send(Placed(data=OrderData(amount=amount)))
    return [run.run.run_id for run in await bench.runs()]


async def statuses(bench: Bench) -> list[str]:
    return [run.run.status for run in await bench.runs()]


async def test_runs_are_found_by_all_that_is_stated(world: World) -> None:
    async with world.run(process) as bench:
        a, b, c = await place(bench, 1, -1, 3)
        assert await ask(bench, "POST", "/find", {}) == (200, {"run_ids": [c, b, a], "status": 200})
        for condition, expected in (
            ({"status": "failed"}, [b]),
            ({"function": "process", "if": "event.data.amount > 1"}, [c]),
            ({"function": "other"}, []),
            ({"until": bench.clock.now_ms()}, []),
            ({"since": bench.clock.now_ms()}, [c, b, a]),
            ({"run_ids": [a, c], "status": "waiting"}, [a, c]),
        ):
            assert (await ask(bench, "POST", "/find", condition))[1]["run_ids"] == expected


async def test_many_runs_are_cancelled_and_what_stands_against_it_is_told(world: World) -> None:
    async with world.run(process) as bench:
        a, b, _ = await place(bench, 1, -1, 3)
        status, body = await ask(bench, "POST", "/cancel", {"run_ids": [a, b]})
        assert status == 200
        assert body["runs"] == [
            {"run_id": a, "reason": None},
            {"run_id": b, "reason": f"run {b} has already ended: failed"},
        ]
        await bench.advance("1s")
        assert await statuses(bench) == ["cancelled", "failed", "waiting"]


async def test_a_selection_must_say_something_before_anything_is_done(world: World) -> None:
    async with world.run(process) as bench:
        await place(bench, 1)
        for action in ("cancel", "retry", "replay"):
            status, body = await ask(bench, "POST", f"/{action}", {})
            assert (status, body["error"]["code"]) == (400, "H018")
        assert await statuses(bench) == ["waiting"]


async def test_blocked_runs_are_let_go_on_together(world: World) -> None:
    async with world.run(process) as bench:
        await place(bench, 1, 2)
    async with world.run(without_check) as bench:
        await bench.finish()
        assert await statuses(bench) == ["blocked", "blocked"]
    async with world.run(process) as bench:
        await ask(bench, "POST", "/retry", {"status": "blocked"})
        await bench.finish()
        assert await statuses(bench) == ["completed", "completed"]


async def test_a_run_is_done_again_from_a_step_with_another_input(world: World) -> None:
    async with world.run(process) as bench:
        [failed] = await place(bench, -1)
        asked = {"step": "check", "data": {"order_id": "o-1", "amount": 5}}
        status, body = await ask(bench, "POST", f"/{failed}/replay", asked)
        assert status == 200
        assert body["run_id"] == failed
        await bench.finish()
        status, shown = await ask(bench, "GET", f"/{body['new_run_id']}")
        assert (shown["run"]["status"], shown["result"]) == ("completed", 5)
        assert (shown["copied_from"], shown["copied_step"]) == (failed, "check")


async def test_failed_runs_are_done_again_together(world: World) -> None:
    async with world.run(process) as bench:
        a, b = await place(bench, -1, -2)
        _, body = await ask(bench, "POST", "/replay", {"status": "failed", "data": {"amount": 1}})
        assert [one["run_id"] for one in body["runs"]] == [b, a]
        await bench.finish()
        assert sorted(await statuses(bench)) == ["completed", "completed", "failed", "failed"]


async def test_data_that_fit_no_run_are_told_for_each(world: World) -> None:
    async with world.run(process) as bench:
        await place(bench, -1, -2)
        status, body = await ask(bench, "POST", "/replay", {"status": "failed", "data": {"amount": "x"}})
        assert (status, len(body["runs"])) == (200, 2)
        assert all("data.amount" in one["reason"] for one in body["runs"])
        assert len(await bench.runs()) == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/nowhere/replay", {}, 404, "H009"),
        ("/RUN/replay", {"step": "none"}, 404, "H016"),
        ("/RUN/replay", {"data": {"amount": "x"}}, 400, "R500"),
        ("/RUN/replay", {"stpe": "none"}, 400, "H018"),
        ("/RUN/replay", [], 400, "H018"),
        ("/RUN/replay", {"step": 1}, 400, "H018"),
        ("/find", {"if": "event.data."}, 400, "H018"),
        ("/find", {"status": "done"}, 400, "H018"),
        ("/find", {"since": "yesterday"}, 400, "H018"),
        ("/find", {"run_ids": []}, 400, "H018"),
    ],
)
async def test_what_cannot_be_done_is_refused_with_its_code(
    world: World, path: str, body: object, status: int, code: str
) -> None:
    async with world.run(process) as bench:
        [failed] = await place(bench, -1)
        found, answer = await ask(bench, "POST", path.replace("RUN", failed), body)
        assert (found, answer["error"]["code"]) == (status, code)
        assert len(await bench.runs()) == 1


async def test_a_run_under_way_is_not_done_again(world: World) -> None:
    async with world.run(process) as bench:
        [waiting] = await place(bench, 1)
        status, answer = await ask(bench, "POST", f"/{waiting}/replay")
        assert (status, answer["error"]["code"]) == (409, "H015")


async def test_a_history_is_written_down(world: World) -> None:
    async with world.run(process) as bench:
        [run_id] = await place(bench, 1)
        app = create_app(bench.engine, None)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            document = (await client.get(f"/v1/runs/{run_id}/history")).content
            missing = await client.get("/v1/runs/nowhere/history")
        stored = parse_history(document)
        assert (stored.row.run_id, stored.row.status) == (run_id, RunStatus.WAITING)
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "H009")


async def test_an_id_that_is_no_runs_is_told_and_not_left_out(world: World) -> None:
    async with world.run(process) as bench:
        [waiting] = await place(bench, 1)
        ids = [waiting, "nowhere"]
        status, answer = await ask(bench, "POST", "/find", {"run_ids": ids})
        assert (status, answer["error"]["message"]) == (404, "there is no run nowhere")
        status, answer = await ask(bench, "POST", "/find", {"run_ids": [waiting], "status": "failed"})
        assert (status, answer["run_ids"]) == (200, [])
        status, answer = await ask(bench, "POST", "/cancel", {"run_ids": ids})
        assert (status, answer["runs"]) == (
            200,
            [{"run_id": waiting, "reason": None}, {"run_id": "nowhere", "reason": "there is no run nowhere"}],
        )


async def test_live_is_true_or_false(world: World) -> None:
    async with world.run(process) as bench:
        [waiting] = await place(bench, 1)
        assert (await ask(bench, "POST", "/find", {"live": True}))[1]["run_ids"] == [waiting]
        assert (await ask(bench, "POST", "/find", {"live": False}))[1]["run_ids"] == []
        assert (await ask(bench, "POST", "/find", {"live": 1}))[1]["error"]["code"] == "H018"
