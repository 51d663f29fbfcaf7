"""Handler of `send-welcome-email`."""

from examples.contract.events import EmailWelcomeSent, EmailWelcomeSentData
from examples.contract.functions.send_welcome_email import (
    SendWelcomeEmailContext,
    SendWelcomeEmailStep,
    send_welcome_email,
)
from examples.services import mail


@send_welcome_email
async def handle(ctx: SendWelcomeEmailContext, step: SendWelcomeEmailStep) -> None:
    """Greet the user and say that it is done."""
    user = ctx.event.data
    message_id = await step.run("send-email", mail.send_welcome, user.user_id, user.email)
    sent = EmailWelcomeSentData(user_id=user.user_id, message_id=message_id)
    await step.send_event("report-sent", EmailWelcomeSent(data=sent))
