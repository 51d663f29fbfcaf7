"""The customer database."""

from dataclasses import dataclass

from examples.services.pretend import pretended
from surestep import NonRetriableError

__all__ = ["User", "find_user"]


@dataclass(frozen=True, slots=True)
class User:
    """A customer. Any type that pydantic can write and read back may be a step's result."""

    user_id: str
    email: str


@pretended(fails_one_in=12)
async def find_user(user_id: str) -> User:
    """The user of this id."""
    if user_id.startswith("unknown"):
        raise NonRetriableError(f"there is no user {user_id}")  # asking again would not help
    return User(user_id, f"{user_id}@example.org")
