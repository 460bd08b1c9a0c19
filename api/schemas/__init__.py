"""The contract: every shape that leaves the API. Imports pydantic only."""
