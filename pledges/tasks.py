"""Work outside the request: each task takes an id and calls one function."""

from django.tasks import task

from pledges import issuing, outbox


@task
def send_mail(mail_id: int) -> bool:
    """Send one mail owed. A failure is no failure of the task: the mail stays owed, and says when it is due."""
    return outbox.deliver(mail_id)


@task
def make_receipt(pledge_id: int) -> bool:
    """Make the receipt of a pledge, if it has none that says what it says now. A failure is no failure of the task."""
    return issuing.try_to_issue(pledge_id)
