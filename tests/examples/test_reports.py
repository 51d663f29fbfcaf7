from examples.contract.events import ManualReportRequested, ManualReportRequestedData

from surestep.testing import Bench


def request(user_id: str) -> ManualReportRequested:
    return ManualReportRequested(data=ManualReportRequestedData(user_id=user_id))


async def test_an_invoked_function_gives_its_typed_result(bench: Bench) -> None:
    await bench.send(request("ada"))
    await bench.finish("10m")

    invoked = await bench.run("generate-report")
    assert (invoked.run.triggered_by, invoked.events[0].data) == ("invoke", {"userId": "ada"})
    caller = await bench.run("send-report")
    assert caller.result == invoked.result == {"url": "https://reports.example.org/ada?rows=103", "rows": 103}
    assert [step.key for step in caller.steps] == ["get-user", "generate-report", "send-report"]


async def test_a_user_that_does_not_exist_fails_the_report_without_a_second_attempt(bench: Bench) -> None:
    await bench.send(request("unknown"))
    await bench.finish("10m")

    run = await bench.run("send-report")
    assert (run.run.status, run.steps[0].attempts) == ("failed", 1)
    assert run.error is not None
    assert run.error.message == "there is no user unknown"
