"""Light, dark, or as the system has it."""

import pytest


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_theme_is_kept_and_leads_back(site, theme):
    """The page then bears it from the first byte."""
    answer = await site.post("/theme", data={"theme": theme, "next": "/library?offset=50"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/library?offset=50"
    assert f'data-theme="{theme}"' in (await site.get("/upload")).text


async def test_as_the_system_has_it_forgets_the_choice(site):
    """No cookie, no attribute."""
    answer = await site.post("/theme", data={"theme": "", "next": "/"})

    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "data-theme" not in (await site.get("/upload")).text


@pytest.mark.parametrize("elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil", ""])
async def test_a_choice_never_leads_off_this_site(site, elsewhere):
    """Whatever the form says."""
    answer = await site.post("/theme", data={"theme": "dark", "next": elsewhere})

    assert answer.headers["location"] == "/"


async def test_a_theme_that_nobody_offers_is_none(site):
    """A cookie can say anything."""
    text = (await site.get("/upload", headers={"Cookie": "theme=<script>"})).text

    assert "data-theme" not in text
