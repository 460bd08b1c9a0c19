"""Everything Spotify sends that we drop on purpose, and why. The one list; a test holds us to it.

Patterns match dotted paths of the answer with list places left out. What is not listed here
survives to the last digit.
"""

from __future__ import annotations

DROPPED: dict[str, str] = {
    "*.href": "an address of Spotify's API, of no use without its token",
    "href": "an address of Spotify's API, of no use without its token",
    "*.type": "says what the model already says",
    "type": "says what the model already says",
    "*.available_markets": "some 180 country codes per track; `market=` answers for one",
    "available_markets": "some 180 country codes per track; `market=` answers for one",
    "*preview_url": "previews are never offered (contract §3)",
    "*audio_preview_url": "previews are never offered (contract §3)",
    "*external_urls": "`spotify` becomes `url`, no other has been seen",
    "*external_ids.ean": "a number of the product, not of the recording",
    "*external_ids.upc": "a number of the product, not of the recording",
    "*followers.href": "has always been null",
    "*primary_color": "decoration of Spotify's own pages",
    "*video_thumbnail": "decoration of Spotify's own pages",
    "*added_by": "a person who has not asked to be shown here",
    "owner.external_urls": "a person's page; the id leads there",
    "owner.uri": "says what the id already says",
    "playlist.followers": "not part of the contract's playlist",
    "entry.name": "repeats the playlist's name",
    "entry.is_local": "becomes `kind`",
    "*.is_local": "becomes `kind`",
    "*.track.track": "says what `kind` says",
    "*.track.episode": "says what `kind` says",
    "album.artists": "the track's own artists are kept",
    "album.copyrights": "small print",
    "album.genres": "has always been empty",
    "album.label": "not part of the contract's album",
    "album.popularity": "not part of the contract's album",
    "album.restrictions": "becomes `is_playable` of the track",
    "album.tracks": "the album's tracks are not asked for by any route",
    "*restrictions": "becomes `is_playable`, and `reason` of a playlist's entry",
    "episode.*": "of a podcast only name, show and length are of use here",
    "features.track_href": "an address of Spotify's API",
    "features.analysis_url": "an address that is never followed",
    "analysis.meta": "how Spotify's analyser ran",
    "analysis.track.num_samples": "a property of the decoded file",
    "analysis.track.sample_md5": "a property of the decoded file",
    "analysis.track.*_seconds": "a property of the decoded file",
    "analysis.track.analysis_*": "a property of the decoded file",
    "analysis.track.*string": "fingerprints of the audio that nothing here reads",
    "analysis.track.*_version": "versions of those fingerprints",
    "paging": "links become our own",
}
