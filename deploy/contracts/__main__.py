"""Entry point of `python -m deploy.contracts`: rewrite the generated descriptions."""

import sys
from pathlib import Path

import contracts
from deploy.contracts.files import rewrite

FOLDER = Path(contracts.__file__).parent / "schemas"

changed = rewrite(FOLDER)
sys.stdout.write(f"{FOLDER}: {', '.join(changed) or 'nothing changed'}\n")
