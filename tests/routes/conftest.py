"""What the tests of routes share."""

import pytest

from tests.routes.product import SHARES

AMPLE_S = 7.0


@pytest.fixture(autouse=True)
def unhurried():
    """Every source has time to speak, however busy the machine; a test of hurry takes that back."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in SHARES:
            patch.setattr(module, name, AMPLE_S)
        yield
