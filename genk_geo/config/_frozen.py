"""What all settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Frozen; a key that nobody knows is an error, and a default is checked like what a file says."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
