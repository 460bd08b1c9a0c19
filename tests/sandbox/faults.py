"""The fault catalogue."""

from tests.sandbox.injection import Fault

FAULTS: tuple[Fault, ...] = ()


def by_name(name: str) -> Fault:
    """Find a fault by id or name; raises LookupError."""
    for fault in FAULTS:
        if name in {fault.id, fault.name}:
            return fault
    raise LookupError(f"no fault is called {name}")
