"""Pictures from outside, logos and signatures: checked, brought to a sensible size, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader

from app.errors import Invalid
from app.services.documents.sheet import Sheet

_MOST_PIXELS: Final = 40_000_000  # a picture that unpacks to more is refused before it is unpacked
_LONGEST_SIDE: Final = 1400  # pixels; 60 mm at 600 dpi
_FORMATS: Final = ("PNG", "JPEG")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to print, as large as its room allows, at the left or in the middle of its column."""

    image: ImageReader
    width: float
    height: float
    centred: bool = False

    def draw(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        """Draw it in its own proportions."""
        shift = (width - self.width) / 2 if self.centred else 0.0
        sheet.picture(self.image, left + shift, top, self.width, self.height)


def picture(data: bytes, field: str, *, width: float, height: float, centred: bool = False) -> Picture:
    """Give the picture in ``data`` scaled into ``width`` times ``height`` points.

    Raises Invalid, naming ``field``, when the data is no PNG or JPEG or would fill the memory.
    """
    image, across, down = _opened(data, field)
    scale = min(width / across, height / down)
    return Picture(image, across * scale, down * scale, centred)


@lru_cache(maxsize=32)
def _opened(data: bytes, field: str) -> tuple[ImageReader, int, int]:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise Invalid(field, f"The picture for the {field} is too large. Choose one of at most 40 megapixels.")
            has_alpha = opened.mode in ("RGBA", "LA", "PA") or "transparency" in opened.info
            image = opened.convert("RGBA" if has_alpha else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        text = f"The picture for the {field} cannot be read. Nothing was printed; choose another PNG or JPEG file."
        raise Invalid(field, text) from error
    if max(image.size) > _LONGEST_SIDE:
        image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.LANCZOS)
    return ImageReader(image), image.width, image.height
