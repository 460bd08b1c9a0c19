"""A stand-in that speaks Spotify's Web API on loopback, for tests, trials and demonstrations.

`python -m tests.sandbox --port 8790` serves until interrupted; `async with Sandbox() as sandbox`
does the same inside a test, on a free port of 127.0.0.1. Point the product's base URLs at
`sandbox.api_url` and `sandbox.accounts_url` and sign in with CLIENT_ID and CLIENT_SECRET. Four app
classes answer what the real ones do, field by field (`rules.py`); all music is invented and the
same at every start (`catalogue.py`, special cases in `landmarks.py`, ids from `id_of`). Every
fault of the catalogue (`faults.py`) can be injected with `sandbox.fault("F31", path=…, times=…)`,
and everything can be switched over HTTP under `/__sandbox/`. Open sources answer about the same
music on the same port (`open/`); their addresses are in `sandbox.urls()`. `sandbox.calls` counts
calls by path template. Needs the standard library and h11 only.
"""

from tests.sandbox.box import Sandbox
from tests.sandbox.faults import FAULTS
from tests.sandbox.ids import id_of
from tests.sandbox.injection import Fault
from tests.sandbox.state import CLIENT_ID, CLIENT_SECRET

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "FAULTS", "Fault", "Sandbox", "id_of"]
