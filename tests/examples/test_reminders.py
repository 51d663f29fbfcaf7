from examples.contract.events import (
    BillingInvoicePaid,
    BillingInvoicePaidData,
    BillingInvoicePaidMetadata,
    BillingRemindRequested,
    BillingRemindRequestedData,
    BillingRemindRequestedOptions,
)

from surestep.testing import Bench


def paid(amount: int) -> BillingInvoicePaid:
    metadata = BillingInvoicePaidMetadata(account_id="1", account_name="Ada")
    data = BillingInvoicePaidData(customer_id="1", invoice_id="inv-1", user_id="1", amount=amount, metadata=metadata)
    return BillingInvoicePaid(data=data)


def remind(options: BillingRemindRequestedOptions | None = None) -> BillingRemindRequested:
    return BillingRemindRequested(data=BillingRemindRequestedData(triggered_by="manual", options=options))


async def test_the_schedule_runs_it_and_the_engine_tells_how_it_ended(bench: Bench) -> None:
    await bench.advance("20d")

    run = await bench.run("billing-remind")
    assert (run.run.triggered_by, run.result) == ("cron", {"reminded": 2, "silent": 2})
    assert [step.key for step in run.steps] == [
        "find-overdue",
        "remind-inv-1",
        "remind-inv-3",
        "let-them-read",
        "payment",
    ]
    [completed] = await bench.engine.list_events(name="billing/remind.completed")
    assert completed.data == {"log_id": run.run.run_id, "stats": {"reminded": 2, "silent": 2}}


async def test_a_request_has_options_and_a_payment_ends_it(bench: Bench) -> None:
    await bench.send(remind(BillingRemindRequestedOptions(at_least=20_000)))
    await bench.send(paid(0))
    await bench.advance("2h")
    await bench.send(paid(45_000))
    assert (await bench.run("billing-remind")).result == {"reminded": 1, "silent": 0}
