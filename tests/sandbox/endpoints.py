"""Artists, albums, tracks, features and analyses: pure functions from an Ask to an Answer."""

from tests.sandbox import landmarks
from tests.sandbox.analysis import analysis_body
from tests.sandbox.answers import JSON_TYPE, PRIVATE, Answer, Refusal, error, of
from tests.sandbox.asking import Ask, Page, Window
from tests.sandbox.catalogue import Album
from tests.sandbox.render import Json
from tests.sandbox.sound import features_of

GROUPS = "album,single,appears_on,compilation"


def artist(ask: Ask) -> Answer:
    """Answer one artist."""
    return of(ask.render.artist(ask.catalogue.artists[ask.number("artist")]))


def artists(ask: Ask) -> Answer:
    """Answer many artists in the order asked, null for an unknown one."""
    return of({"artists": [_artist(ask, n) for n in ask.numbers("artist")]})


def related_artists(ask: Ask) -> Answer:
    """Answer up to twenty related artists, with no word about whose they are."""
    related = ask.catalogue.artists[ask.number("artist")].related
    return of({"artists": [_artist(ask, n) for n in related]})


def top_tracks(ask: Ask) -> Answer:
    """Answer an artist's ten most popular tracks."""
    tracks = ask.catalogue.top_tracks(ask.number("artist"))
    return of({"tracks": [ask.render.track(track) for track in tracks]})


def artist_albums(ask: Ask) -> Answer:
    """Answer a page of an artist's albums, each with its album_group where the class has it."""
    number, page = ask.number("artist"), ask.page(ask.rules.artist_albums)
    groups = ask.request.query.get("include_groups", GROUPS).split(",")
    if not set(groups) <= set(GROUPS.split(",")):
        raise Refusal(error(400, "Invalid album type"))
    found = [row for row in ask.catalogue.albums_of(number) if row[0] in groups]
    items: list[Json | None] = [_grouped(ask, *row) for row in found[page.part]]
    return of(ask.paging(items, Window(page, len(found))))


def album(ask: Ask) -> Answer:
    """Answer one album with its first fifty tracks."""
    return of(_album(ask, ask.number("album")))


def albums(ask: Ask) -> Answer:
    """Answer many albums in the order asked, null for an unknown one."""
    numbers = ask.numbers("album")
    return of({"albums": [None if n is None else _album(ask, n) for n in numbers]})


def album_tracks(ask: Ask) -> Answer:
    """Answer a page of an album's tracks in their short form."""
    found = ask.catalogue.albums[ask.number("album")]
    return of(_tracks_page(ask, found, ask.page(ask.rules.album_tracks)))


def track(ask: Ask) -> Answer:
    """Answer one track; with a market it may be another one with `linked_from`."""
    return of(ask.render.track(ask.catalogue.tracks[ask.number("track")]))


def tracks(ask: Ask) -> Answer:
    """Answer many tracks in the order asked, null for an unknown one."""
    return of({"tracks": [_track(ask, n) for n in ask.numbers("track")]})


def audio_features(ask: Ask) -> Answer:
    """Answer one track's features; 404 `analysis not found` for unknown tracks too."""
    found = _features(ask, ask.catalogue.number("track", ask.valid(ask.path_id)))
    if found is None:
        raise Refusal(error(404, "analysis not found"))
    return of(found, cache=PRIVATE)


def many_audio_features(ask: Ask) -> Answer:
    """Answer many tracks' features in the order asked, null where there are none."""
    numbers = ask.numbers("features")
    return of({"audio_features": [_features(ask, n) for n in numbers]}, cache=PRIVATE)


def audio_analysis(ask: Ask) -> Answer:
    """Answer one track's analysis, 0.3-0.9 MB; 404 `analysis not found` where there is none."""
    number = ask.catalogue.number("track", ask.valid(ask.path_id))
    if number is None or number in landmarks.NO_FEATURES_TRACKS:
        raise Refusal(error(404, "analysis not found"))
    headers = {"content-type": JSON_TYPE, "cache-control": PRIVATE}
    return Answer(200, analysis_body(number), headers)


def _artist(ask: Ask, n: int | None) -> Json | None:
    return None if n is None else ask.render.artist(ask.catalogue.artists[n])


def _track(ask: Ask, n: int | None) -> Json | None:
    return None if n is None else ask.render.track(ask.catalogue.tracks[n])


def _features(ask: Ask, n: int | None) -> Json | None:
    if n is None or n in landmarks.NO_FEATURES_TRACKS:
        return None
    return features_of(ask.catalogue.tracks[n], ask.base_url)


def _grouped(ask: Ask, group: str, found: Album) -> Json:
    written = ask.render.simple_album(found)
    return written if "album" in ask.rules.without else written | {"album_group": group}


def _album(ask: Ask, n: int) -> Json:
    found = ask.catalogue.albums[n]
    first = Page(ask.rules.album_tracks.most, 0)
    return ask.render.album(found) | {"tracks": _tracks_page(ask, found, first)}


def _tracks_page(ask: Ask, found: Album, page: Page) -> Json:
    shown = found.tracks[page.part]
    items: list[Json | None] = [ask.render.simple_track(ask.catalogue.tracks[n]) for n in shown]
    window = Window(page, len(found.tracks))
    return ask.paging(items, window, below=f"/v1/albums/{found.id}/tracks")
