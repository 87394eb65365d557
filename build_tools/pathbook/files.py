"""Name the rules about files, which are found broken while a definition is read."""

from pathbook.case import Case
from pathbook.rule import Rule

RULES: tuple[Rule[Case], ...] = tuple(
    Rule(code, "error", sentence, "reading")
    for code, sentence in {
        "no-folder": "The folder of all pathways is there, and is a folder.",
        "no-pathway": "The folder of all pathways holds a folder for each of them.",
        "bad-pathway-id": "The folder of a pathway has a name that can stand in an address.",
        "outside-folder": "All files of a pathway lie within its folder.",
        "unknown-file": "Every file in the folder of a pathway is one that is read.",
        "no-file": "Every pathway has a file `pathway.yaml`.",
        "unreadable-file": "Every file can be read.",
        "large-file": "No file, text or number of steps is larger than a definition can be.",
        "not-utf8": "Every file is saved as UTF-8.",
        "control-character": "No text holds invisible control characters.",
        "empty-file": "No file is empty.",
        "broken-yaml": "Every file can be read as YAML.",
        "open-quote": "Every quote that is opened is closed.",
        "alias": "Every text is written out; no `*name` stands for a text written elsewhere.",
        "duplicate-step": "No two steps have the same id.",
        "duplicate-key": "No key stands twice in one place.",
        "unknown-key": "Every key is one that is known where it stands.",
        "missing-key": "Every key that is needed is there.",
        "unknown-value": "Where only certain words are possible, one of them stands.",
        "wrong-type": "Every value is of its type: a text, a list, keys and values, a day.",
        "bad-step-id": "The id of a step can stand in an address.",
        "reserved-id": "No step takes the address of another page.",
    }.items()
)
"""In the order in which they are met."""
