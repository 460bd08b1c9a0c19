"""What the composer of a demo piece wrote, beside what the analyser measured."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, HTTPException

from web.pages import ComposerPanel
from web.request import PageRequest
from web.text.comparison import compare, finding
from web.views.panel import Panel, add_panel

router = APIRouter()
TITLE = "What the composer wrote"


async def _composer(request: PageRequest, ident: str) -> ComposerPanel:
    truth = (await request.client.library.track(ident)).value.truth
    if truth is None:
        raise HTTPException(404)
    features = await request.client.features(ident, "library")
    parts = (await request.client.analysis(ident, "track,sections")).value.sections or ()
    head = request.head(TITLE, features.call, features.value)
    rows = compare(truth, features.value, parts)
    return ComposerPanel(
        shell=request.shell(),
        ident=features.value.id,
        finding=finding(rows),
        rows=rows,
        head=replace(head, absences=()),  # the panel of the features says what is absent
    )


add_panel(router, Panel("composer", TITLE, "tracks", "composer", _composer))
