"""What the tests of routes share."""

import pytest

from api.services import cascade, identity


@pytest.fixture(autouse=True)
def unhurried():
    """Every source has time to speak, however busy the machine; a test of hurry sets its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cascade, "SHARE_S", 7.0)
        patch.setattr(identity, "SHARE_S", 6.0)
        patch.setattr(identity, "LONGER_S", 6.0)
        yield
