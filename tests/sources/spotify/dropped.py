"""Everything Spotify sends that we drop on purpose, and why. The one list; a test holds us to it.

`thing.path` is this field of this thing, wherever the thing stands; `*.field` is this field of
anything. Both cover all that lies below. List places are left out. A thing is what becomes one
model of the contract: artist, related (artist), track, album, playlist, entry (of a playlist),
local (file), episode, features, analysis, page (of a list), search. What is not listed here
survives to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable

_ADDRESS = "a page at Spotify; the id leads there"
_PREVIEW = "previews are never offered (contract §3)"
_SAID = "`kind` says it"
_NOT_THE_TRACK = "of a track’s album: the contract has its name, date and pictures"
_NOT_THE_ALBUM = "only in answers that no route asks for, not part of the contract’s album"
_NOT_RELATED = "not part of the contract’s related artist; the artist’s own answer has it"
_DECORATION = "decoration of Spotify’s own pages"
_PODCAST = "of a podcast only name, show and length are of use here"
_ON_A_COMPUTER = "of a file on somebody’s computer only name, artists and length are of use here"
_GONE = "of what was removed only the name, if it is still sent, is of use here"
_FILE = "a property of the decoded file"
_FINGERPRINT = "a fingerprint of the audio that nothing here reads, or its version"

DROPPED: dict[str, str] = {
    "*.href": "an address of Spotify’s API, of no use without its token",
    "*.type": "says what the model already says",
    "*.available_markets": "some 180 country codes per track; `market=` answers for one",
    "related.followers": _NOT_RELATED,
    "related.popularity": _NOT_RELATED,
    "track.album.album_type": _NOT_THE_TRACK,
    "track.album.artists": _NOT_THE_TRACK,
    "track.album.external_urls": _ADDRESS,
    "track.album.is_playable": _NOT_THE_TRACK,
    "track.album.total_tracks": _NOT_THE_TRACK,
    "track.album.uri": "says what the id already says",
    "track.artists.external_urls": _ADDRESS,
    "track.episode": _SAID,
    "track.is_local": _SAID,
    "track.linked_from.external_urls": _ADDRESS,
    "track.preview_url": _PREVIEW,
    "track.restrictions": "`is_playable` says it, and `reason` of a playlist’s entry says why",
    "track.track": _SAID,
    "album.artists.external_urls": _ADDRESS,
    "album.copyrights": _NOT_THE_ALBUM,
    "album.external_ids": _NOT_THE_ALBUM,
    "album.genres": "has always been empty",
    "album.label": _NOT_THE_ALBUM,
    "album.popularity": _NOT_THE_ALBUM,
    "album.tracks": _NOT_THE_ALBUM,
    "playlist.followers": "not part of the contract’s playlist",
    "playlist.owner.external_urls": "a person’s page; the id leads there",
    "playlist.owner.uri": "says what the id already says",
    "playlist.primary_color": _DECORATION,
    "entry.added_by": "a person who has not asked to be shown here",
    "entry.is_local": _SAID,
    "entry.primary_color": _DECORATION,
    "entry.video_thumbnail": _DECORATION,
    "episode.audio_preview_url": _PREVIEW,
    "episode.description": _PODCAST,
    "episode.episode": _SAID,
    "episode.explicit": _PODCAST,
    "episode.external_urls": _PODCAST,
    "episode.html_description": _PODCAST,
    "episode.id": _PODCAST,
    "episode.images": _PODCAST,
    "episode.is_externally_hosted": _PODCAST,
    "episode.is_playable": _PODCAST,
    "episode.language": _PODCAST,
    "episode.languages": _PODCAST,
    "episode.release_date": _PODCAST,
    "episode.release_date_precision": _PODCAST,
    "episode.resume_point": _PODCAST,
    "episode.show.description": _PODCAST,
    "episode.show.explicit": _PODCAST,
    "episode.show.external_urls": _PODCAST,
    "episode.show.html_description": _PODCAST,
    "episode.show.id": _PODCAST,
    "episode.show.images": _PODCAST,
    "episode.show.is_externally_hosted": _PODCAST,
    "episode.show.languages": _PODCAST,
    "episode.show.media_type": _PODCAST,
    "episode.show.publisher": _PODCAST,
    "episode.show.total_episodes": _PODCAST,
    "episode.show.uri": _PODCAST,
    "episode.track": _SAID,
    "episode.uri": _PODCAST,
    "local.album": _ON_A_COMPUTER,
    "local.disc_number": _ON_A_COMPUTER,
    "local.explicit": _ON_A_COMPUTER,
    "local.is_local": _SAID,
    "local.popularity": _ON_A_COMPUTER,
    "local.track_number": _ON_A_COMPUTER,
    "local.uri": _ON_A_COMPUTER,
    "removed.album": _GONE,
    "removed.artists.external_urls": _GONE,
    "removed.artists.uri": _GONE,
    "removed.disc_number": _GONE,
    "removed.explicit": _GONE,
    "removed.external_urls": _GONE,
    "removed.popularity": _GONE,
    "removed.track_number": _GONE,
    "removed.uri": _GONE,
    "features.analysis_url": "an address that is never followed",
    "features.track_href": "an address of Spotify’s API, of no use without its token",
    "analysis.meta": "how Spotify’s analyser ran",
    "analysis.track.analysis_channels": _FILE,
    "analysis.track.analysis_sample_rate": _FILE,
    "analysis.track.num_samples": _FILE,
    "analysis.track.offset_seconds": _FILE,
    "analysis.track.sample_md5": _FILE,
    "analysis.track.window_seconds": _FILE,
    "analysis.track.codestring": _FINGERPRINT,
    "analysis.track.code_version": _FINGERPRINT,
    "analysis.track.echoprintstring": _FINGERPRINT,
    "analysis.track.echoprint_version": _FINGERPRINT,
    "analysis.track.rhythmstring": _FINGERPRINT,
    "analysis.track.rhythm_version": _FINGERPRINT,
    "analysis.track.synchstring": _FINGERPRINT,
    "analysis.track.synch_version": _FINGERPRINT,
    "page.next": "links become our own",
    "page.previous": "links become our own",
    "search.albums": "no route searches for albums",
}


def is_dropped(thing: str, path: str, patterns: Iterable[str] = DROPPED) -> bool:
    """Whether this field of this thing is dropped on purpose."""
    parts = path.split(".")
    above = {f"{thing}.{'.'.join(parts[:depth])}" for depth in range(1, len(parts) + 1)}
    anywhere = {f"*.{part}" for part in parts}
    return not (above | anywhere).isdisjoint(patterns)
