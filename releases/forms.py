"""What people type and choose on the pages of this room."""

from typing import Any

from django import forms

from releases.models.dispute import STATEMENT_CHARACTERS
from releases.upload_stream import FIELD
from releases.uploads import Declared, Upload


class UploadForm(forms.Form):
    """An archive, and what it is said to hold."""

    archive = forms.FileField(
        label="Archive",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        help_text="The .zip that mog pack writes, or one of your own; 25 MB at most.",
        error_messages={"required": "Choose the .zip file of your package."},
    )
    name = forms.CharField(
        label="Package name",
        max_length=128,
        help_text="vendor/slug, exactly as in mog.yaml.",
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    version = forms.CharField(
        label="Version",
        max_length=29,
        help_text="Three numbers, exactly as in mog.yaml.",
        widget=forms.TextInput(attrs={"placeholder": "1.0.0", "autocomplete": "off"}),
    )
    publish = forms.BooleanField(
        label="Publish it as soon as it is accepted", required=False, initial=True
    )

    def declared(self) -> Declared:
        """Return what the archive is said to hold."""
        said = self.cleaned_data
        return Declared(
            name=said["name"].strip(),
            version=said["version"].strip(),
            is_to_publish=said["publish"],
        )

    def upload(self) -> Upload:
        """Return the file, hashed while it came in."""
        file: Any = self.cleaned_data[FIELD]
        return Upload(file=file, sha256=file.sha256, size_bytes=file.size)


class WithdrawalForm(forms.Form):
    """Why a release is taken back."""

    reason = forms.CharField(
        label="Why do you withdraw it?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever has the package reads this.",
        error_messages={"required": "Say why; whoever has the package reads it."},
    )


class DisputeForm(forms.Form):
    """Why a finding is wrong; one for each finding of a page."""

    statement = forms.CharField(
        label="Why is this finding wrong?",
        max_length=STATEMENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A person reads it together with the file. Write no password or key here.",
        error_messages={"required": "Say why; a person reads it."},
    )

    def __init__(self, data: Any = None, *, finding_id: str) -> None:
        super().__init__(data, auto_id=f"{finding_id}_%s")
        self.finding_id = finding_id


class DecisionForm(forms.Form):
    """What a member of staff decides about a release.

    report: whose findings were on the page; whoever lets pass has read these and no others.
    """

    report = forms.CharField(required=False, widget=forms.HiddenInput)
    decision = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The seller may read it.",
        error_messages={"required": "Say why; the seller may read it."},
    )

    def __init__(self, data: Any = None, *, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["decision"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class AnswerForm(forms.Form):
    """What a member of staff answers to a dispute."""

    answer = forms.ChoiceField(
        label="Answer",
        choices=[
            ("accept", "Accept: the finding is wrong and counts no longer"),
            ("reject", "Reject: the finding stands"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Its seller reads it.",
        error_messages={"required": "Say why; its seller reads it."},
    )


class ReasonForm(forms.Form):
    """Why a member of staff does something."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why."},
    )

    def __init__(self, data: Any = None, *, read_by: str) -> None:
        """read_by: a sentence that says who reads the reason."""
        super().__init__(data)
        self.fields["reason"].help_text = read_by
