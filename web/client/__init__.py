"""The typed client of /v1: `ApiClient`, and `LibraryClient` for the owner's own files."""

from web.client.client import ApiClient, following
from web.client.library import LibraryClient, is_own
from web.client.messages import AnalysisPending, ApiCall, ApiProblem, ApiRequest, ApiResponse

__all__ = [
    "AnalysisPending",
    "ApiCall",
    "ApiClient",
    "ApiProblem",
    "ApiRequest",
    "ApiResponse",
    "LibraryClient",
    "following",
    "is_own",
]
