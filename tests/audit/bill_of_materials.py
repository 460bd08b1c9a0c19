"""What we ship, as a CycloneDX 1.6 document: packages, browser files, a library in a wheel.

Packages and hashes come from the lock; licences, and who needs whom, from what is installed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import soundfile
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.audit.finding import Finding
from tests.audit.locked import RUN, Locked, read
from tests.contract.repository import ROOT, project
from web.vendor import read_lock

DOCUMENT = ROOT / "build/earprint.cdx.json"
UNSAID = {"huey": "MIT", "sphn": "Apache-2.0"}
"""Licences that a package states in its repository and not in its metadata."""
_LICENCES = LicenseFactory()


def look(document: Path = DOCUMENT) -> Finding:
    """Write the document, and hold it to the schema and to the lock."""
    locked = [one for one in read(RUN) if one.is_for_here]
    written = written_of(bill(locked))
    document.parent.mkdir(exist_ok=True)
    document.write_text(written, encoding="utf-8")
    parts = json.loads(written)["components"]
    return Finding(
        "our parts",
        f"{len(parts)} parts, CycloneDX {SchemaVersion.V1_6.to_version()}, {document.name}",
        tuple(faults(written, locked)),
    )


def bill(locked: Iterable[Locked]) -> Bom:
    """Earprint and everything that comes with it."""
    about = project()["project"]
    whole = Component(
        name=about["name"],
        version=about["version"],
        description=about["description"],
        type=ComponentType.APPLICATION,
        bom_ref=about["name"],
        licenses=[_LICENCES.make_from_string(about["license"])],
    )
    packages = {one.name: _package(one) for one in locked}
    bom = Bom(components=[*packages.values(), *_browser_files(), _libsndfile()])
    bom.metadata.component = whole
    bom.metadata.tools.components.add(Component(name="tests.audit", version=about["version"]))
    asked = {canonicalize_name(Requirement(text).name) for text in about["dependencies"]}
    others = [one for one in bom.components if one.name not in packages]
    bom.register_dependency(whole, [*(packages[name] for name in asked & packages.keys()), *others])
    for name, package in packages.items():
        needed = _needed_by(distribution(name)) & packages.keys()
        bom.register_dependency(package, [packages[each] for each in needed])
    return bom


def written_of(bom: Bom) -> str:
    """The document as JSON."""
    return JsonV1Dot6(bom).output_as_string(indent=1)


def faults(written: str, locked: Iterable[Locked]) -> list[str]:
    """What keeps the document from being right: its form, a lack, an unnamed licence."""
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(written)
    found = [f"not CycloneDX 1.6: {wrong}"] if wrong else []
    parts = {(one["name"], one["version"]): one for one in json.loads(written)["components"]}
    found += [
        f"{one.name} {one.version} is locked and not in the list"
        for one in locked
        if (one.name, one.version) not in parts
    ]
    found += [
        f"{name} names no licence" for (name, _), one in parts.items() if "licenses" not in one
    ]
    return found


def _package(one: Locked) -> Component:
    try:
        found = distribution(one.name)
    except PackageNotFoundError as error:
        raise LookupError(f"{one.name} is locked but not installed; run make .venv/.dev") from error
    if found.version != one.version:
        raise LookupError(f"{one.name} {found.version} is installed, {one.version} is locked")
    index = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"pkg:pypi/{one.name}@{one.version}"),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in one.hashes],
    )
    return _part(PackageURL("pypi", None, one.name, one.version), _licence(found), [index])


def _browser_files() -> list[Component]:
    found = []
    for each in read_lock(ROOT):
        raw = base64.b64decode(each.integrity.removeprefix("sha512-")).hex()
        url = PackageURL("npm", None, each.name, each.version)
        archive = ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(url.to_string()),
            hashes=[HashType(alg=HashAlgorithm.SHA_512, content=raw)],
        )
        found.append(_part(url, each.licence, [archive]))
    return found


def _libsndfile() -> Component:
    """The library inside soundfile's wheel, which reads strangers' bytes."""
    version = soundfile.__libsndfile_version__
    url = PackageURL("github", "libsndfile", "libsndfile", version)
    return _part(url, "LGPL-2.1-or-later", [])


def _part(url: PackageURL, licence: str, at: list[ExternalReference]) -> Component:
    return Component(
        name=url.name,
        version=url.version,
        type=ComponentType.LIBRARY,
        bom_ref=url.to_string(),
        purl=url,
        licenses=[_LICENCES.make_from_string(licence)] if licence else [],
        external_references=at,
    )


def _licence(found: Distribution) -> str:
    """What a package says of its licence: the expression, the classifier, else a short text."""
    about = found.metadata
    classifiers = [text for text in about.get_all("Classifier", []) if text.startswith("License")]
    named = [
        *about.get_all("License-Expression", []),
        *(text.split(" :: ")[-1] for text in classifiers),
    ]
    short = [text for text in about.get_all("License", []) if "\n" not in text]
    return [*named, *short, UNSAID.get(canonicalize_name(found.name), "")][0]


def _needed_by(found: Distribution) -> set[str]:
    asked = [Requirement(text) for text in found.requires or []]
    here = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
    return {canonicalize_name(one.name) for one in here}
