"""What an honest browser sends with a guarded form."""

import datetime
import json

import altcha
import time_machine

from pledges import guard, proof


def guard_data(*, seconds=10, proved=False):
    """The hidden fields of a form shown so many seconds ago; ``proved=True`` as a browser that runs scripts."""
    moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds)
    with time_machine.travel(moment, tick=False):
        started = guard.start()
        challenge = proof.challenge() if proved else ""
    return {"website": "", "started": started, "proof": solve(challenge) if proved else ""}


def solve(challenge):
    """What the script of the page answers to a challenge."""
    asked = altcha.Challenge.from_dict(json.loads(challenge))
    solution = altcha.solve_challenge(asked)
    return altcha.Payload(asked, solution).to_base64()
