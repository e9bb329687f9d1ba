"""``python -m resources.examining FAMILY OUT``: judge the file on the standard input, in a process that may be lost.

What is found goes to the standard output, in JSON; a file made anew goes to the descriptor ``OUT``. Whatever else
happens (a fault in a library, the memory or the time used up) ends the process, and the file is refused.
"""

import json
import os
import resource
import sys
from dataclasses import asdict
from importlib import import_module
from typing import BinaryIO, cast

from resources.examining.families import MEGABYTE, Family
from resources.examining.found import Found
from resources.examining.refusal import Refusal

CPU_SECONDS = 30
MEMORY = {Family.IMAGE: 768 * MEGABYTE}  # an image is wholly decoded; a document is gone through
MEMORY_OTHERWISE = 384 * MEGABYTE
WRITTEN = 64 * MEGABYTE


def examine(family: Family, file: BinaryIO, out: BinaryIO) -> Found:
    """Judge a file by what it holds.

    :param out: Where an image is written anew.
    :raises Refusal: With the reason.
    """
    # Each family's libraries are loaded by those who need them: half of the time that this process takes.
    found = import_module(f"resources.examining.{family}").examine(file, out)
    return cast("Found", found)


def main() -> None:
    family = Family(sys.argv[1])
    memory = MEMORY.get(family, MEMORY_OTHERWISE)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(int(sys.argv[2]), "wb") as out:
        try:
            answer = asdict(examine(family, cast("BinaryIO", sys.stdin.buffer), out))
        except Refusal as refusal:
            answer = {"reason": refusal.reason, "values": refusal.values}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
