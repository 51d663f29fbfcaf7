"""Handler of `orchestrate-onboarding`: fan out, then wait for all answers."""

from examples.contract.events import (
    CrmContactAdd,
    CrmContactAddData,
    CrmContactAdded,
    EmailWelcomeSend,
    EmailWelcomeSendData,
    EmailWelcomeSent,
    SubscriptionTrialCreate,
    SubscriptionTrialCreated,
    SubscriptionTrialCreateData,
)
from examples.contract.functions.orchestrate_onboarding import (
    OrchestrateOnboardingContext,
    OrchestrateOnboardingResult,
    OrchestrateOnboardingStep,
    orchestrate_onboarding,
)
from examples.contract.types import Onboarding
from examples.services import crm

_SAME_USER = "event.data.userId == async.data.userId"


@orchestrate_onboarding
async def handle(ctx: OrchestrateOnboardingContext, step: OrchestrateOnboardingStep) -> OrchestrateOnboardingResult:
    """Start the three parts of an onboarding and wait for them; a part that stays silent is left out."""
    user = ctx.event.data
    await step.send_event(
        "fan-out",
        [
            EmailWelcomeSend(data=EmailWelcomeSendData(user_id=user.user_id, email=user.email)),
            SubscriptionTrialCreate(
                data=SubscriptionTrialCreateData(user_id=user.user_id, stripe_customer_id=user.stripe_customer_id)
            ),
            CrmContactAdd(data=CrmContactAddData(user_id=user.user_id, email=user.email, plan=user.plan)),
        ],
    )
    # `lookback`: an answer that was there before we began to wait counts, too.
    timeout = user.answer_within
    email, subscription, contact = await step.gather(
        step.wait_for_event("email-sent", EmailWelcomeSent, if_=_SAME_USER, timeout=timeout, lookback="run"),
        step.wait_for_event(
            "subscription-created", SubscriptionTrialCreated, if_=_SAME_USER, timeout=timeout, lookback="run"
        ),
        step.wait_for_event("crm-synced", CrmContactAdded, if_=_SAME_USER, timeout=timeout, lookback="run"),
    )
    if email and subscription and contact:
        await step.run("complete-onboarding", crm.complete_onboarding, user.user_id)
    return Onboarding(
        message_id=email.data.message_id if email else None,
        subscription_id=subscription.data.subscription_id if subscription else None,
        contact_id=contact.data.contact_id if contact else None,
    )
