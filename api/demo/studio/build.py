"""Compose, play, encode and list the demo label: `python -m api.demo.studio.build [--out FOLDER]`.

The same sources give the same bytes on the same machine and libraries. Another processor's sines
may differ in the last bit, so another machine's files may have other checksums and ids.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.demo import FOLDER
from api.demo.studio import label
from api.demo.studio.covers import cover
from api.demo.studio.encode import FILE_RATE, decode, encode
from api.demo.studio.notation import pitch_class
from api.demo.studio.piece import LEAD_IN_S, Composition
from api.demo.studio.pieces import ALL
from api.demo.studio.render import render
from api.music import ids


def main(arguments: Sequence[str] | None = None) -> None:
    """Build everything into the package, or into another folder."""
    parser = argparse.ArgumentParser(prog="python -m api.demo.studio.build", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER, help="where audio and covers go")
    build(parser.parse_args(arguments).out)


def build(out: Path) -> None:
    """Write audio/*.mp3, covers/*.svg and catalogue.json below `out`."""
    pieces = {piece.slug: piece for piece in (make() for make in ALL)}
    for folder in ("audio", "covers"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for slug, piece in pieces.items():
        target = out / "audio" / f"{slug}.mp3"
        encode(render(piece), target)
        sys.stdout.write(f"{target.stat().st_size:>8} bytes  {target.name}\n")
        sys.stdout.flush()
    for album in label.ALBUMS:
        drawn = cover(album, [pieces[slug] for slug in album.tracks])
        (out / "covers" / f"{album.slug}.svg").write_text(drawn, encoding="utf-8")
    listed = json.dumps(listing(pieces, out / "audio"), indent=1, ensure_ascii=False)
    (out / "catalogue.json").write_text(listed + "\n", encoding="utf-8")


def listing(pieces: dict[str, Composition], audio: Path) -> dict[str, Any]:
    """The catalogue as JSON values, checksums and durations taken from the files."""
    return {
        "label": label.NAME,
        "artists": [{"id": ids.own_artist_id(a.name)} | asdict(a) for a in label.ARTISTS],
        "albums": [_album(album) for album in label.ALBUMS],
        "tracks": [
            _track(pieces[slug], album, audio / f"{slug}.mp3")
            for album in label.ALBUMS
            for slug in album.tracks
        ],
        "collections": [
            {"id": name_id("collection", c.slug)} | asdict(c) for c in label.COLLECTIONS
        ],
    }


def name_id(kind: str, slug: str) -> str:
    """The id of what has no bytes of its own: from its kind and slug."""
    return own_id(f"{kind}:{slug}".encode())


def own_id(content: bytes) -> str:
    """`own_` and the first 128 bits of the SHA-256, in base 62."""
    return ids.OWN_PREFIX + ids.encode(int.from_bytes(sha256(content).digest()[:16], "big"))


def _album(album: label.LabelAlbum) -> dict[str, Any]:
    written = asdict(album)
    del written["hue"]
    return {"id": name_id("album", album.slug)} | written | {"cover": f"{album.slug}.svg"}


def _track(piece: Composition, album: label.LabelAlbum, file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {
        "id": own_id(content),
        "slug": piece.slug,
        "title": piece.title,
        "artist": album.artist,
        "album": album.slug,
        "number": album.tracks.index(piece.slug) + 1,
        "style": piece.style,
        "file": file.name,
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
        "duration_s": round(len(decode(file)) / FILE_RATE, 5),
        "truth": truth(piece),
    }


def truth(piece: Composition) -> dict[str, Any]:
    """What the composer knows, as JSON values; see `api.demo.Truth`."""
    metre = piece.form.metre
    return {
        "tempo_bpm": piece.tempo_bpm,
        "key": pitch_class(piece.tonic),
        "mode": int(piece.mode == "major"),
        "time_signature": f"{metre.beats}/{metre.unit}",
        "beats_per_bar": round(metre.bar / metre.beat),
        "half_time": piece.half_time,
        "swing": piece.swing,
        "swing_beats": piece.swing_unit / metre.beat,
        "first_beat_s": LEAD_IN_S,
        "beat_s": round(metre.beat * piece.quarter_s, 9),
        "beats": len(piece.beats_s()),
        "sections": [{"name": name, "start_s": at} for name, at in piece.sections_s()],
        "fade_in_s": piece.fade_in_s,
        "fade_out_s": piece.fade_out_s,
    }


if __name__ == "__main__":
    main()
