"""How much of a large product is tried: all of it by .ci/run and `make promises`, else a part."""

import os
from collections.abc import Sequence
from typing import TypeVar

One = TypeVar("One")

CI = os.environ.get("CI") == "true"
WHOLE = CI or "STRICT" in os.environ


def sampled(product: Sequence[One], every: int) -> Sequence[One]:
    """The whole product, or else every so-manieth of it, the first always."""
    return product if WHOLE else product[::every]
