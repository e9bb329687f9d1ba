"""How gunicorn serves the portal: the same in the container, under `make serve` and in the demonstration."""

import os
from pathlib import Path

wsgi_app = "config.wsgi:application"
bind = f"{os.environ.get('BIND_ADDRESS', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
# Two, not more: a signature asks the database forty questions, and at each answer a thread waits for Python's lock.
# `make bench` counts a third fewer signatures a second with four.
threads = 2
timeout = 30  # seconds
# gunicorn 27 opens a socket from which it can be commanded; nobody commands ours.
control_socket_disable = True
# The heartbeat file is touched all the time: in memory where that exists, since a busy disk would stop the workers.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  gunicorn makes a private file there
