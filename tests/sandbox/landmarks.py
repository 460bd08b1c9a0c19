"""Numbers of the catalogue entries with something special about them, for tests to name."""

ARTISTS = 64
ISOLATED_ARTIST = 63  # nobody is related to it
PICTURELESS_ARTIST = 61
UNPOPULAR_ARTIST = 62  # popularity 0, no followers
GENRELESS_ARTIST = 7

BOX_SET = 4  # an album of 55 tracks on two discs: more than a page
YEAR_ALBUM = 6  # release_date "YYYY"
MONTH_ALBUM = 8  # release_date "YYYY-MM"
PICTURELESS_ALBUM = 10
TAKEN_DOWN_ALBUM = 14  # name ""

TWIN_TRACKS = (3, 16)  # one recording, one ISRC, on an album and as a single
RELINKED_TRACK = 81  # asked for with RELINK_MARKET, RELINK_TARGET is answered
RELINK_TARGET = 82
RELINK_MARKET = "DE"
RESTRICTED_TRACK = 90  # plays nowhere
NO_FEATURES_TRACKS = (45, 105, 165, 225, 285)  # the track exists, its analysis does not

MIXED_PLAYLIST = 0
LONG_PLAYLIST = 1  # 1,000 entries
EMPTY_PLAYLIST = 2
PLAYLIST_OF_101 = 3
FOREIGN_PLAYLIST = 4  # somebody else's
EDITORIAL_PLAYLIST = 5  # 404, and null in searches
SINGLE_PLAYLIST = 6  # one entry
VERY_LONG_PLAYLIST = 7  # 2,500 entries
SECRET_PLAYLISTS = (8, 10)  # known to their owners alone: the listener's, the other's
