"""What each category of findings is called, and why we look for it, to a seller who is new."""

from dataclasses import dataclass

from scanning.rules.rule import Category


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """A plain title, and one or two sentences that say why it matters to buyers."""

    title: str
    why: str


_WORDS = {
    Category.ARCHIVE: CategoryWords(
        "The archive",
        "An archive that two programs read differently can hide a file from one of them, so its"
        " form has to be exact. Archives that mog pack writes always are.",
    ),
    Category.MANIFEST: CategoryWords(
        "mog.yaml",
        "This file tells people and installers what the package is and where it goes. A mistake"
        " here would install something else than you mean.",
    ),
    Category.FILE_TYPE: CategoryWords(
        "Kinds of files",
        "A package holds texts, data and pictures, and scripts only where it says that it runs"
        " code. Buyers could not look into anything else.",
    ),
    Category.SKILL: CategoryWords(
        "SKILL.md",
        "Agents find and read a skill by fixed rules. They pass over one that breaks them.",
    ),
    Category.SECRET: CategoryWords(
        "Passwords, keys and tokens",
        "Everybody who downloads a package has what is in it. Treat what was found as stolen:"
        " replace it where it comes from, then take it out of the package.",
    ),
    Category.PROMPT_INJECTION: CategoryWords(
        "Instructions that take over an agent",
        "Agents tend to do what they read. Words that tell one to ignore its user, to hide what"
        " it does or to send data away are what attacks are made of.",
    ),
    Category.SOCIAL_ENGINEERING: CategoryWords(
        "Asking people for something risky",
        "Telling somebody to paste a command or to switch off a protection is how people are"
        " talked into an attack, so buyers should never be used to it.",
    ),
    Category.HIDDEN_TEXT: CategoryWords(
        "Text that people cannot see",
        "What an agent reads and a person cannot see is how instructions are smuggled past both.",
    ),
    Category.LINK: CategoryWords(
        "Links and addresses",
        "Where a package leads matters as much as what it says. Addresses that hide where they"
        " lead, or that anybody can take over, put buyers at risk.",
    ),
    Category.CODE: CategoryWords(
        "Code",
        "Code runs on the buyer's machine with the buyer's rights, so we look at what it starts,"
        " reads and sends.",
    ),
    Category.IMAGE: CategoryWords(
        "Pictures",
        "A picture can carry code or data that nobody sees when looking at it.",
    ),
    Category.MCP: CategoryWords(
        "The MCP server",
        "A server is started for the buyer. What it starts should be exactly what was scanned,"
        " and it should ask for no more than it needs.",
    ),
    Category.CAPABILITY: CategoryWords(
        "More than it declares",
        "Buyers decide by what a package says it will touch, so it has to say everything.",
    ),
    Category.QUALITY: CategoryWords(
        "Quality",
        "Nothing here stops a release. It is what makes a package easier to find and to trust.",
    ),
}


def of(category: str) -> CategoryWords:
    """Return the words of a category."""
    return _WORDS[Category(category)]
