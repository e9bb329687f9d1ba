"""A process that forks workers and lets them be killed: `test_kills.py` starts it, and gives it orders.

It has one thread and no connection to the database, so that what it forks is a worker as any other, started quickly.
Each order is a line of JSON on its standard input; the answer is how the worker ended, -9 for SIGKILL.
"""
# ruff: noqa: PLC0415  what needs the settings is imported once they are made

import json
import os
import signal
import sys
import time


def main(database: str, mail_port: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": int(mail_port), "timeout": 5},
        }
    }
    django.setup()
    warm_up()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        worker = os.fork()
        if not worker:
            work(**order)
        print(end_of(worker, order.get("killed_after")), flush=True)


def warm_up() -> None:
    """Load what every worker would: templates, addresses."""
    from django.template.loader import get_template
    from django.urls import reverse

    for name in ("confirm.txt", "layout.html"):
        get_template(f"emails/{name}")
    reverse("sign")


def end_of(worker: int, killed_after: float | None) -> int:
    """Wait for a worker, or kill it in so many seconds if it still works: how it ended."""
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(worker, signal.SIGKILL)  # harmless to one that has ended: it is not reaped yet
    _pid, status = os.waitpid(worker, 0)
    return os.waitstatus_to_exitcode(status)


def work(*, command: list[str] | None = None, mail: int | None = None, point: str = "", **_rest: float) -> None:
    """Run a command, send one mail, or send all that is due; die at a point when one is named."""
    from django.core.management import call_command

    from pledges import outbox

    sys.stdout = sys.stderr  # the answers alone go to our own output
    code = 1
    try:
        if point:
            die_at(point)
        if command:
            call_command(*command)
        elif mail:
            outbox.deliver(mail)
        else:
            outbox.deliver_due()
        code = 0
    finally:
        os._exit(code)


def die_at(point: str) -> None:
    """Put a SIGKILL in the way of the next mail."""
    from pledges import emails, outbox

    module, name, has_acted = {
        "before the lease": (outbox, "_take", False),
        "after the lease": (outbox, "_take", True),
        "after composing": (emails, "compose", True),
        "accepted, not marked": (outbox, "_hand_over", True),
        "marked": (outbox, "_mark_sent", True),
    }[point]
    act = getattr(module, name)

    def then_die(*args: object) -> None:
        if has_acted:
            act(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, then_die)


if __name__ == "__main__":
    main(*sys.argv[1:])
