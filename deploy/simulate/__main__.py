"""`python -m deploy.simulate`: the simulated PC without the rest of the command line."""

import typer

from deploy.simulate.command import simulate

if __name__ == "__main__":
    typer.run(simulate)
