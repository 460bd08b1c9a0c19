"""Fail when a test that reads ../shared was skipped although ../shared is there."""

import sys
from xml.etree import ElementTree as ET


def skipped(report: str) -> list[str]:
    """Names of tests with the property `shared` that did not run, by a JUnit report."""
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - written by our own pytest
    return [
        f"{case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("properties/property[@name='shared']") is not None
        and case.find("skipped") is not None
    ]


if __name__ == "__main__":
    missed = skipped(sys.argv[1])
    sys.exit("skipped although ../shared exists:\n" + "\n".join(missed) if missed else 0)
