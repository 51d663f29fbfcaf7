"""Handler of `add-to-crm`."""

from examples.contract.events import CrmContactAdded, CrmContactAddedData
from examples.contract.functions.add_to_crm import AddToCrmContext, AddToCrmStep, add_to_crm
from examples.services import crm


@add_to_crm
async def handle(ctx: AddToCrmContext, step: AddToCrmStep) -> None:
    """Create the contact and say that it exists."""
    user = ctx.event.data
    contact_id = await step.run("crm-sync", crm.add_contact, user.user_id, user.email, user.plan)
    added = CrmContactAddedData(user_id=user.user_id, contact_id=contact_id)
    await step.send_event("report-added", CrmContactAdded(data=added))
