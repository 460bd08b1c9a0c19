"""What each template gets: one frozen dataclass per page or panel, its fields the variables.

A contract test compares both, so this file is the list of everything a page can show.
A panel is a page of its own too; htmx gets its block `panel` alone.
"""

from web.pages.analysis import AnalysisPage, AnalysisSummaryPanel, Fact, Lanes, Pulse, SectionRow
from web.pages.artists import ArtistPage, Related, RelatedPanel, Row, TopTracksPanel
from web.pages.lookup import ChoicePage, Group, Hit, HomePage, RecognisedPanel, SearchPage, Tab
from web.pages.playlists import (
    Entries,
    ItemsPanel,
    KeyBar,
    OutlierRow,
    Pager,
    PlaylistPage,
    ProfilePanel,
    Spread,
)
from web.pages.shell import Data, Shell
from web.pages.status import (
    CapabilityRow,
    ProblemPage,
    SourceCard,
    SourcesPage,
    TroublePage,
    TroublePanel,
)
from web.pages.tracks import (
    Agreement,
    AgreementPanel,
    FeatureRow,
    FeaturesPanel,
    KeyCard,
    TrackPage,
)

__all__ = [
    "Agreement",
    "AgreementPanel",
    "AnalysisPage",
    "AnalysisSummaryPanel",
    "ArtistPage",
    "CapabilityRow",
    "ChoicePage",
    "Data",
    "Entries",
    "Fact",
    "FeatureRow",
    "FeaturesPanel",
    "Group",
    "Hit",
    "HomePage",
    "ItemsPanel",
    "KeyBar",
    "KeyCard",
    "Lanes",
    "OutlierRow",
    "Pager",
    "PlaylistPage",
    "ProblemPage",
    "ProfilePanel",
    "Pulse",
    "RecognisedPanel",
    "Related",
    "RelatedPanel",
    "Row",
    "SearchPage",
    "SectionRow",
    "Shell",
    "SourceCard",
    "SourcesPage",
    "Spread",
    "Tab",
    "TopTracksPanel",
    "TrackPage",
    "TroublePage",
    "TroublePanel",
]
