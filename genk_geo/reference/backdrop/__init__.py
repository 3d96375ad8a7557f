"""What lies under the maps of a city, the same in every week and for every reader: streets, water, names."""

from genk_geo.reference.backdrop.build import load_backdrop
from genk_geo.reference.backdrop.value import Backdrop

__all__ = ["Backdrop", "load_backdrop"]
