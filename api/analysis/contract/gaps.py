"""Why a value is absent from an analysis of our own: one sentence for each."""

from __future__ import annotations

from api.analysis.pipeline import Heard
from api.schemas.provenance import Missing, Reason

_NO_PULSE = "No steady pulse was heard."
_NO_KEY = "No key was heard: nothing tonal, or too little of it."
_LIVENESS = (
    "Always empty for own files: whether an audience was in the room cannot be told from the sound "
    "well enough. Every way that was tried did hardly better than tossing a coin, and an empty "
    "place is more honest than a guess."
)
_NARROW = "Nothing was heard above 2.4 kHz: too little to tell."
_SENTENCES = {
    "liveness": (Reason.NOT_KNOWN, _LIVENESS),
    **dict.fromkeys(
        ("tempo", "tempo_confidence", "time_signature", "time_signature_confidence"),
        (Reason.NOT_DETECTED, _NO_PULSE),
    ),
    **dict.fromkeys(
        ("key", "mode", "key_name", "camelot", "key_confidence", "mode_confidence"),
        (Reason.NOT_DETECTED, _NO_KEY),
    ),
    "loudness": (Reason.NOT_DETECTED, "All of it is below the gate of -70 LUFS."),
}


def of(name: str, field: str) -> Missing:
    """Why the value `name`, which the answer calls `field`, is null."""
    reason, detail = _SENTENCES.get(name, (Reason.NOT_DETECTED, _NARROW))
    return Missing(field=field, reason=reason, detail=detail)


def of_lists(heard: Heard) -> tuple[Missing, ...]:
    """Why lists are empty, and values inside of sections null."""
    pulse = () if heard.rhythm.tempo_bpm is not None else ("bars", "beats", "tatums")
    nulls = {
        f"sections.{name}": name
        for part in heard.parts
        for name in _nulls(part.key is None, heard.rhythm.metre is None, part.tempo_bpm is None)
    }
    lists = [Missing(field=name, reason=Reason.NOT_DETECTED, detail=_NO_PULSE) for name in pulse]
    return (*lists, *(of(name, field) for field, name in nulls.items()))


def _nulls(keyless: bool, metreless: bool, tempoless: bool) -> list[str]:  # noqa: FBT001
    said = (
        ("key", keyless),
        ("mode", keyless),
        ("time_signature", metreless),
        ("tempo", tempoless),
    )
    return [f"{name}{end}" for name, absent in said if absent for end in ("", "_confidence")]
