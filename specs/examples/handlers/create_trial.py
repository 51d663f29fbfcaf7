"""Handler of `create-trial`."""

from examples.contract.events import SubscriptionTrialCreated, SubscriptionTrialCreatedData
from examples.contract.functions.create_trial import CreateTrialContext, CreateTrialStep, create_trial
from examples.services import subscriptions

_TRIAL_DAYS = 14


@create_trial
async def handle(ctx: CreateTrialContext, step: CreateTrialStep) -> None:
    """Start the trial period and say that it has begun."""
    user = ctx.event.data
    subscription_id = await step.run(
        "create-subscription", subscriptions.create_trial, user.user_id, user.stripe_customer_id, days=_TRIAL_DAYS
    )
    created = SubscriptionTrialCreatedData(user_id=user.user_id, subscription_id=subscription_id)
    await step.send_event("report-created", SubscriptionTrialCreated(data=created))
