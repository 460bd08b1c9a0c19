"""MusicBrainz as a source before somebody who answers in its place."""

from api.sources import musicbrainz
from tests.sandbox.open import musicbrainz as service
from tests.sources.asked import OpenService

SERVICE = OpenService("musicbrainz", musicbrainz.make_source, service.answer)
asked, source_at = SERVICE.asked, SERVICE.source_at
