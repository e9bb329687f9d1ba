"""What part of a matrix one asks to read, in the address: ``?principe=2&reponse=s-engage``."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from pledges.enums import AnswerFilter
from pledges.matrix import Matrix
from pledges.narrowing import Narrowed


class MatrixFilterForm(forms.Form):
    """One principle, one answer, both, or neither; what is not there is said, and everything is shown."""

    principe = forms.ChoiceField(label=_("Principe"), required=False)
    reponse = forms.ChoiceField(label=_("Réponse"), required=False, choices=AnswerFilter)

    def __init__(self, data: QueryDict, *, matrix: Matrix) -> None:
        """
        :param matrix: Whose principles may be asked for.
        """
        super().__init__(data)
        self.matrix = matrix
        self.principles = {str(principle.number): principle for principle in matrix.principles}
        self.fields["principe"].choices = [(number, number) for number in self.principles]  # type: ignore[attr-defined]

    def narrowed(self) -> Narrowed:
        """The part that was asked for."""
        if not self.is_valid():
            return Narrowed(self.matrix, is_known=False)
        principle = self.principles.get(self.cleaned_data["principe"])
        return Narrowed(self.matrix, principle=principle, reply=self.cleaned_data["reponse"])
