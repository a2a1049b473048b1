"""Entry point of `python -m deploy.contracts`: rewrite the generated descriptions."""

import sys
from pathlib import Path

import contracts
from deploy.contracts import reference
from deploy.contracts.files import rewrite

ROOT = Path(contracts.__file__).parents[1]
FOLDER = ROOT / "contracts" / "schemas"

changed = rewrite(FOLDER)
(ROOT / reference.PAGE).write_text(reference.page())
sys.stdout.write(f"{FOLDER}: {', '.join(changed) or 'nothing changed'}; {reference.PAGE} written\n")
