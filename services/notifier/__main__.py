"""Run the notifier."""

from bus.run import run
from services.notifier.app import main
from services.notifier.settings import NotifierSettings

if __name__ == "__main__":
    run(main, "notifier", NotifierSettings())
