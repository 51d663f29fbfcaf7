from typing import Literal

from examples.contract.events import UserSignupCompleted, UserSignupCompletedData

from surestep.testing import Bench


def signup(user_id: str, plan: Literal["free", "pro"] = "pro") -> UserSignupCompleted:
    data = UserSignupCompletedData(
        user_id=user_id, email=f"{user_id}@example.org", plan=plan, stripe_customer_id=f"cus_{user_id}"
    )
    return UserSignupCompleted(data=data)


async def test_all_three_answers_complete_an_onboarding(bench: Bench) -> None:
    await bench.send(signup("ada"), signup("bob"))
    await bench.finish("10m")

    first, second = await bench.runs("orchestrate-onboarding")
    assert (first.run.status, second.run.status) == ("completed", "completed")
    assert first.result == {
        "messageId": "message-2f15824c",
        "subscriptionId": "trial-14-cus_ada",
        "contactId": "contact-ada",
    }
    assert [step.key for step in first.steps] == [
        "fan-out",
        "email-sent",
        "subscription-created",
        "crm-synced",
        "complete-onboarding",
    ]


async def test_an_answer_that_does_not_come_is_left_out_after_the_timeout(bench: Bench) -> None:
    await bench.send(signup("ada", "free"))
    await bench.advance("4m59s")
    assert (await bench.run("orchestrate-onboarding")).run.status == "waiting"

    await bench.advance("1s")
    run = await bench.run("orchestrate-onboarding")
    assert isinstance(run.result, dict)
    assert (run.result["contactId"], run.result["subscriptionId"]) == (None, "trial-14-cus_ada")


async def test_every_failure_is_watched_and_a_busy_service_is_asked_again_later(bench: Bench) -> None:
    await bench.send(signup("ada", "free"))
    await bench.finish("10m")

    failed = await bench.run("add-to-crm")
    assert (failed.run.status, failed.steps[0].attempts) == ("failed", 5)
    watcher = await bench.run("handle-failures")
    assert [step.key for step in watcher.steps] == ["log-failure", "schedule-retry"]
    [retry] = await bench.engine.list_events(name="retry/function.requested")
    assert retry.data == {"originalRunId": failed.run.run_id}
    assert retry.ts_ms - retry.received_at_ms == 5 * 60_000
