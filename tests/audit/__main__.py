"""`make audit`: look at everything, print a summary, fail for what is wrong."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from tests.audit import bill_of_materials, code, holes, releases

LOOKS = (code.look, bill_of_materials.look, releases.look, holes.look)


def main() -> bool:
    """Whether nothing is wrong."""
    with ThreadPoolExecutor() as pool:
        findings = list(pool.map(lambda look: look(), LOOKS))
    for finding in findings:
        sys.stdout.writelines(f"{line}\n" for line in finding.lines())
    wrong = sum(len(finding.wrong) for finding in findings)
    unseen = sum(finding.unseen is not None for finding in findings)
    sys.stdout.write(f"audit: {wrong} wrong, {unseen} of {len(findings)} looks not possible here\n")
    return not wrong


if __name__ == "__main__":
    sys.exit(not main())
