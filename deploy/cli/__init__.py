"""The command `railcast`."""


def main() -> None:
    """Run the command line; imports wait until they are needed."""
    from deploy.cli.app import app

    app()
