"""What every command that goes round does: its work once, or again and again, whatever the database does meanwhile."""

import logging
import time
from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

logger = logging.getLogger(__name__)

SECOND, HOUR = 1, 3600
SOON = 60  # seconds: what a database that stopped has cost is done as soon as it is back


class RepeatingCommand(BaseCommand):
    """``--every N``: without end, every so many hours, or seconds where ``unit`` says so."""

    unit: ClassVar[int] = HOUR

    def add_arguments(self, parser: ArgumentParser) -> None:
        name = "heures" if self.unit == HOUR else "secondes"
        parser.add_argument(
            "--every", type=int, metavar=name.upper(), help=f"Recommencer, sans fin, toutes les N {name}."
        )

    def handle(self, *args: Any, every: int | None, **options: Any) -> None:
        while True:
            pause = (every or 0) * self.unit
            try:
                self.work(is_repeated=bool(every))
            except DatabaseError:
                if not every:
                    raise
                pause = min(pause, SOON)
                logger.exception("the database did not answer: next try in %s seconds", pause)
            if not every:
                return
            close_old_connections()
            try:
                time.sleep(pause)
            except KeyboardInterrupt:
                return

    @abstractmethod
    def work(self, *, is_repeated: bool) -> None:
        """Do it once, and say what was done; going round, only where there is something to say."""
