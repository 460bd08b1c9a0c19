"""The API playground at /docs: Swagger UI from our own files, under a strict policy."""
