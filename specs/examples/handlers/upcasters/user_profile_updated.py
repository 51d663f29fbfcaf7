"""Older versions of `user/profile.updated` become newer ones."""

from examples.contract.events.user_profile_updated import (
    UserProfileUpdatedAuditInfo,
    UserProfileUpdatedChanges,
    UserProfileUpdatedData,
    UserProfileUpdatedV2023_06_01_1,
    upcast_v2023_06_01_1,
)


@upcast_v2023_06_01_1
def from_v2023_06_01_1(event: UserProfileUpdatedV2023_06_01_1) -> UserProfileUpdatedData:
    """The old service told of nothing but new addresses."""
    old = event.data
    return UserProfileUpdatedData(
        user_id=old.user_id,
        changes=UserProfileUpdatedChanges(email=old.email),
        audit_info=UserProfileUpdatedAuditInfo(changed_by=old.changed_by or old.user_id, reason="not stated"),
    )
