"""Why a file is not taken."""


class Refusal(Exception):  # noqa: N818  it is no error of ours
    """A reason, as the end of a sentence in French, which whoever called translates and fills with its values."""

    def __init__(self, reason: str, **values: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


def _(sentence: str) -> str:
    """Mark a sentence for the catalogues. Whoever shows it has it translated."""
    return sentence


def damaged() -> Refusal:
    """What is said of a file whose own structure does not hold."""
    return Refusal(_("ce fichier est abîmé, ou n’est pas tout à fait ce qu’il dit. Enregistrez-le à nouveau."))


def inflated() -> Refusal:
    """What is said of a file that grows out of all measure when it is opened."""
    return Refusal(
        _("une fois ouvert, il prendrait une place démesurée. Allégez-le, ou enregistrez-le à nouveau."),
    )


def doubled() -> Refusal:
    """What is said of a file that is also another one."""
    return Refusal(_("il cache d’autres données, avant ou après son contenu. Enregistrez-le à nouveau."))
