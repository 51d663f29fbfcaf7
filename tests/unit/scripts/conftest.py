"""The demo's own judgement is tested like anything else; its modules are found from the repository's root."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))
