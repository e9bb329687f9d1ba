"""What a file from outside really is, judged in a process of its own (docs/adr/0028).

Nothing here imports Django, the settings or our models: the process that runs it holds no secret, and starts at once.
"""
