"""The typed client of /v1: `ApiClient`, and `LibraryClient` for the owner's own files."""

from web.client.client import ApiClient, following
from web.client.library import LibraryClient, is_own
from web.client.messages import ApiCall, ApiProblem, ApiRequest, ApiResponse, JobPending

__all__ = [
    "ApiCall",
    "ApiClient",
    "ApiProblem",
    "ApiRequest",
    "ApiResponse",
    "JobPending",
    "LibraryClient",
    "following",
    "is_own",
]
