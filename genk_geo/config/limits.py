"""How large the files may be that people hand in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from genk_geo.config._frozen import Frozen
from genk_geo.doors import Limits

_OURS = Limits()


class LimitSettings(Frozen):
    """Bounds on every file that a command opens; raise one where a real file of yours passes it."""

    file_mb: Annotated[int, Field(ge=1)] = Field(
        _OURS.file_mb, description="size of a file, and of what comes out of a packed one, in MB"
    )
    unpacking: Annotated[int, Field(ge=1)] = Field(
        _OURS.unpacking, description="how many times its own size a packed file may become"
    )
    small_mb: Annotated[int, Field(ge=1)] = Field(
        _OURS.small_mb, description="what unpacks to no more MB than this is fine, however tightly packed"
    )
    rows: Annotated[int, Field(ge=1)] = Field(_OURS.rows, description="of a table or a map layer")
    columns: Annotated[int, Field(ge=1)] = Field(_OURS.columns, description="of a table or a map layer")
    cells: Annotated[int, Field(ge=1)] = Field(
        _OURS.cells, description="rows times columns of a sheet, to its last filled cell"
    )
    field_chars: Annotated[int, Field(ge=100)] = Field(_OURS.field_chars, description="signs in one value")
    parts: Annotated[int, Field(ge=10)] = Field(_OURS.parts, description="files in an Excel workbook")
    pixels: Annotated[int, Field(ge=1)] = Field(_OURS.pixels, description="of a raster")

    def of_doors(self) -> Limits:
        """The same as the doors take it.

        Returns
        -------
        Limits
            For :func:`genk_geo.doors.limited`.
        """
        return Limits(**self.model_dump())
