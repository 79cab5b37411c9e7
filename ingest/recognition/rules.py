"""Taking the ruled lines and the shading of boxes off the image of a page before it is read.

Print beside a rule is read badly or not at all. Letters are short, rules are long: what is as dark
over half an inch, along or down the page, is drawn and not written.
"""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageChops, ImageFilter

_RULE_INCHES: Final = 0.5
_EDGE: Final = 3
"""Rules are taken off with the soft edge that scanning gives them."""


def without_rules(image: Image.Image, dots_per_inch: float) -> Image.Image:
    """A grey image with its long straight darknesses as white as paper."""
    length = max(2, round(dots_per_inch * _RULE_INCHES))
    drawn = ImageChops.darker(_dark_runs(image, length, 1, 0), _dark_runs(image, length, 0, 1))
    return ImageChops.add(image, ImageChops.invert(drawn.filter(ImageFilter.MinFilter(_EDGE))))


def _dark_runs(image: Image.Image, length: int, along: int, down: int) -> Image.Image:
    """Each dot as dark as the darkest run of such a length that it is part of."""
    shrunk = _spread(image, length, (-along, -down), lighter=True)
    return _spread(shrunk, length, (along, down), lighter=False)


def _spread(
    image: Image.Image, length: int, step: tuple[int, int], *, lighter: bool
) -> Image.Image:
    """Each dot as light (or dark) as the lightest of `length` dots, in doubling steps."""
    reach = 1
    while reach < length:
        shift = min(reach, length - reach)
        moved = ImageChops.offset(image, step[0] * shift, step[1] * shift)
        image = ImageChops.lighter(image, moved) if lighter else ImageChops.darker(image, moved)
        reach += shift
    return image
