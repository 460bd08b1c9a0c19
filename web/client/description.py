"""What the API says of itself (OpenAPI 3.1), read for people: what can be asked, what comes.

Pure: the document in, addresses with their fields out. Only what is asked with GET and answers
JSON is told, so nothing that is made from it can change anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

Document = Mapping[str, Any]
ROOT = "/v1/"
JSON = "application/json"
NOT_TRIED = {"get_shared_worksheet"}  # whose secret stands in a header, never in an address
DEEPEST = 3
TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "object": "group of fields",
}


@dataclass(frozen=True, slots=True)
class AskedField:
    """One field of a question. `options`: all that it may be, where that is a list."""

    name: str
    in_path: bool
    required: bool
    about: str
    example: str
    usual: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldHelp:
    """One field of an answer: where it stands, what kind of value it has, what it means."""

    path: str
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class ApiEndpoint:
    """One address that can be asked with GET."""

    name: str
    tag: str
    template: str
    about: str
    more: str
    asked: tuple[AskedField, ...]
    answer: str | None

    def path(self, values: Mapping[str, str]) -> str:
        """Its address with these values: always below /v1, whatever they hold."""
        filled = self.template
        query = {}
        for field in self.asked:
            value = values.get(field.name, "")
            if field.in_path:
                filled = filled.replace(f"{{{field.name}}}", quote(value, safe=":"))
            elif value:
                query[field.name] = value
        return f"{filled}?{urlencode(query, safe=':,')}" if query else filled

    def lacks(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The names of the fields that must be given, and are not."""
        return tuple(
            one.name for one in self.asked if one.required and not values.get(one.name, "")
        )


def endpoints(document: Document) -> tuple[ApiEndpoint, ...]:
    """Every address that can be asked with GET and answers JSON, in the document's order."""
    return tuple(
        _endpoint(template, methods["get"], document)
        for template, methods in document["paths"].items()
        if template.startswith(ROOT) and "get" in methods
        if methods["get"]["operationId"] not in NOT_TRIED
        if JSON in methods["get"]["responses"]["200"].get("content", {})
    )


def at(path: str, known: tuple[ApiEndpoint, ...]) -> tuple[ApiEndpoint, dict[str, str]] | None:
    """The endpoint that an address of ours is one of, with its values; None for all others."""
    try:
        parts = urlsplit(path)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return None
    for endpoint in known:
        if found := re.fullmatch(_pattern(endpoint.template), parts.path):
            return endpoint, {**dict(parse_qsl(parts.query)), **_unquoted(found.groupdict())}
    return None


def fields(document: Document, schema: str) -> tuple[FieldHelp, ...]:
    """What each field of an answer of this shape means, a few levels deep."""
    return tuple(_fields(document, {"$ref": f"#/components/schemas/{schema}"}, ()))


def _pattern(template: str) -> str:
    parts = re.split(r"\{(\w+)\}", template)
    return "".join(
        f"(?P<{part}>[^/]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )


def _unquoted(groups: Mapping[str, str]) -> dict[str, str]:
    return {name: dict(parse_qsl(f"v={value}")).get("v", "") for name, value in groups.items()}


def _endpoint(template: str, operation: Mapping[str, Any], document: Document) -> ApiEndpoint:
    first, _, rest = operation["description"].partition("\n\n")
    schema = operation["responses"]["200"]["content"][JSON].get("schema", {})
    return ApiEndpoint(
        name=operation["operationId"],
        tag=operation["tags"][0],
        template=template,
        about=" ".join(first.split()),
        more=" ".join(rest.split()).replace("`", ""),
        asked=tuple(
            _asked(one, document)
            for one in operation.get("parameters", ())
            if one["in"] in {"path", "query"}
        ),
        answer=_named(schema),
    )


def _asked(parameter: Mapping[str, Any], document: Document) -> AskedField:
    schema = parameter["schema"]
    examples = schema.get("examples") or [""]
    return AskedField(
        name=parameter["name"],
        in_path=parameter["in"] == "path",
        required=parameter["required"],
        about=parameter.get("description", "").replace("`", ""),
        example=str(examples[0]),
        usual=str(schema.get("default", "")),
        options=_options(schema, document),
    )


def _options(schema: Mapping[str, Any], document: Document) -> tuple[str, ...]:
    for one in (schema, *schema.get("anyOf", ())):
        told = _resolved(one, document)
        if "enum" in told:
            return tuple(str(option) for option in told["enum"])
        if "const" in told:
            return (str(told["const"]),)
    return ("true", "false") if schema.get("type") == "boolean" else ()


def _named(schema: Mapping[str, Any]) -> str | None:
    reference: str | None = schema.get("$ref")
    if reference is None:
        for one in schema.get("anyOf", ()):
            if found := _named(one):
                return found
        return None
    return reference.rpartition("/")[2]


def _resolved(schema: Mapping[str, Any], document: Document) -> Mapping[str, Any]:
    name = _named(schema) if "$ref" in schema else None
    found: Mapping[str, Any] = document["components"]["schemas"][name] if name else schema
    return found


def _fields(
    document: Document, schema: Mapping[str, Any], above: tuple[str, ...]
) -> Iterator[FieldHelp]:
    for name, told in _resolved(schema, document).get("properties", {}).items():
        inner, many = _inner(told)
        kind = _kind(_resolved(inner, document), many=many)
        about = told.get("description") or inner.get("description") or ""
        here = (*above, name)
        yield FieldHelp(".".join(here), kind, about.replace("`", ""))
        if len(here) < DEEPEST:
            yield from _fields(document, inner, (*above, f"{name}[]" if many else name))


def _inner(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """What it holds beside nothing, and whether it holds many."""
    present = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    one = present[0] if present else schema
    if one.get("type") == "array":
        return one.get("items") or (one.get("prefixItems") or [{}])[0], True
    return one, False


def _kind(schema: Mapping[str, Any], *, many: bool) -> str:
    kind = schema.get("type", "")
    name = TYPES.get(kind, "value") if isinstance(kind, str) else "value"
    return f"list: {name}" if many else name
