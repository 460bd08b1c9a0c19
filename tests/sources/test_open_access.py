"""What sources without credentials share."""

import pytest

from api.sources.open_access import divided


@pytest.mark.parametrize(
    ("url", "base", "template"),
    [
        ("https://query.test/sparql", "https://query.test", "/sparql"),
        ("https://query.test/a/b/sparql", "https://query.test/a/b", "/sparql"),
        ("http://127.0.0.1:8790", "http://127.0.0.1:8790", "/"),
    ],
)
def test_a_whole_address_is_a_base_and_a_template(url, base, template):
    """Whatever path there is, or none."""
    assert divided(url) == (base, template)
