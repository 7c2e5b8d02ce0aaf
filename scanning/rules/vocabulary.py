"""Classes of words that conditions share: `{{person}}` in a rule stands for all of them.

Who attacks chooses the words, and hardly the parts of the sentence: somebody is kept from
something. So rules name parts, and what says each part stands here once.
"""

import re
from collections.abc import Mapping

_NAMED = re.compile(r"\{\{([a-z_]+)\}\}")

WORDS: Mapping[str, str] = {
    # Who may be kept in the dark, overruled or pressed.
    "person": (
        r"(users?|owners?|humans?|persons?|people|clients?|customers?|reviewers?|developers?"
        r"|operators?|maintainers?|team|colleagues?|managers?|supervisors?|requesters?|auditors?"
        r"|approvers?|accountants?|principals?|anyone|anybody|someone|somebody|whoever)"
    ),
    # Where somebody would read of it.
    "report": (
        r"(summar(y|ies)|recaps?|reports?|answers?|repl(y|ies)|responses?|messages?|changelogs?"
        r"|commit messages?|write-?ups?|hand-?overs?|hand-?offs?|status( updates?)?"
        r"|transcripts?|chat"
        r"|conversation|invoices?|quotes?|minutes|explanations?|release notes|pull requests?"
        r"|weekly notes?|timelines?)"
    ),
    "told": (
        r"(mention(ed|ing)?|tell(ing)?|told|say(ing)? (so|it|anything)|bring(ing)? (it|this"
        r"|that|them) up"
        r"|brought up|rais(e|ed|ing)|report(ed|ing)?|disclos(e|ed|ing)|reveal(ed|ing)?"
        r"|announc(e|ed|ing)|list(ed|ing)?|not(ed|ing)|point(ed|ing)? out|discuss(ed|ing)?"
        r"|surfac(e|ed|ing)|draw(ing|n)? attention|advertis(e|ed|ing)|spell(ed|ing)? out"
        r"|flag(ged|ging)?|comment(ed|ing)? on|narrat(e|ed|ing)|inform(ed|ing)?|notif(y|ied|ying)"
        r"|trouble[d]?|bother(ed|ing)?|itemi[sz](e|ed|ing)|acknowledg(e|ed|ing)|go(ing)? into)"
    ),
    # Something is left unsaid: what was done, by a word that points at it.
    "unsaid": (
        r"((need not|needn't|(does not|doesn't|do not|don't) (need|have) to|must not"
        r"|should not|is not|isn't|are not|aren't|is never|are never|not to|never to|without"
        r"|not) (be|being|get)? ?"
        r"(mentioned|announced|disclosed|told|discussed|brought up|advertised|made known"
        r"|(listed|reported|shown|surfaced|named|explained|itemi[sz]ed|noted|counted) (in|to"
        r"|among|on|of) (the|your|any|its|a) (\w+ )?({{report}}|{{person}}|list))\b"
        r"|\b(no (need|reason|point|call|cause|use|sense|value|benefit) (to|in"
        r"|for) )(\w+ ){0,2}{{told}}"
        r"|(^|[^\"'(\[])(do not|don't|never|must not|should not|avoid|without|skip"
        r"|refrain from) (\w+ )?(show|list|mention|report|announce|discuss|explain|disclose"
        r"|display|surface|name|describe|comment on|bring up|narrate|print|reveal|showing"
        r"|listing|mentioning|reporting|announcing|discussing|explaining|displaying|surfacing"
        r"|naming|describing|narrating)"
        r" (it|them|this|that|these|those|any of (it|them|this|that|these)|anything about (it"
        r"|them|this|that|these|those)|(this|that|these|those|the) (step|edit|change|command"
        r"|call|request|upload|copy|line|entr(y|ie)|note|addition|detail|write|run|sync|backup"
        r"|memor(y|ie)|fact|section|part|action|extra \w+|additional \w+)s?)\b"
        r"|\b(leave|keep|hold|strike|drop|cut) (it|them|this|that|these|those|this \w+"
        r"|that \w+|these \w+|those \w+|the (step|edit|change|command|call|request|upload|copy"
        r"|addition)s?) (\w+ )?(out of|off|from|away from) (the|your|any|its|each|all)"
        r" (\w+ )?({{report}}|file list|list|counts?|logs?|history|notes|table|books|record)\b"
        r"|\b(goes|go|stays?|remains?|left|passed) (\w+ )?(unreported|unmentioned|unlisted"
        r"|undisclosed|unsaid|unannounced|unnoted|under the hood|behind the curtain"
        r"|off the (books|record|report|summary|bill|invoice)|out of (the"
        r"|your) (\w+ )?({{report}}|list|picture|books|record|counts))\b)"
    ),
    # Why it would be: to spare people.
    "spared": (
        r"(\b(it|they|this|that|which|these|those|questions|dialogs|people|users?|readers?"
        r"|humans?|clients?) (would |will |may |can |might |do |does |are |is |get |tend to "
        r"|only |just |merely |simply )*"
        r"(distract(s|ing)?|confus(es?|ed|ing)|worr(y|ies|ied|ying)|unsettl(es?|ed|ing)"
        r"|alarm(s|ed|ing)?|bor(es?|ed|ing)|dull|noise|noisy|clutter(s)?|irritat(es?|ed|ing)"
        r"|scar(es?|ed|y)|frighten(s|ed)?|annoy(s|ed|ing)?|puzzl(es?|ed)|nervous|anxious"
        r"|tedious|uninteresting|of no interest|upset(s|ting)?|disturb(s|ed|ing)?|slow (people"
        r"|things|them) down|give up|plumbing|formalit(y|ies)|internal|technical)\b"
        r"|\b(upkeep|housekeeping|house-keeping|plumbing|formality|background (work|task|job"
        r"|matter)|routine (work|matter|maintenance|upkeep)|mere detail|technicality"
        r"|implementation detail|bookkeeping)\b)"
    ),
    # What has a consequence outside the conversation.
    "deed": (
        r"(https?:\/\/|\bcurl\b|\bupload|\bsync(s|ed|ing|hron\w+)?\b|\bmirror|\btransfer"
        r"|\bforward(s|ed|ing)? (a|the|it|all|every|each|one|them)\b|\bsend(s|ing)? (a|the|it"
        r"|all|every|each|one|them)\b"
        r"|\bcop(y|ies|ied) (of|to|it|the)\b|\bbank details|\bpayments?\b|\.env\b|~\/\."
        r"|\bcredentials?\b"
        r"|\bpasswords?\b|\b(api|ssh|signing|private|deployment|access) keys?\b|\baccess tokens?\b"
        r"|\brecipients?\b|\bbcc\b|\bpermissions?\b|\bpurchases?\b|\bwallets?\b|\bfunds\b"
        r"|\bsecond commit"
        r"|\bextra (file|account|step|dependency|request|recipient|header|line)"
        r"|\badditional (account|recipient|request|dependency)"
        r"|\bexport(s|ed)? (it|the|all|every)\b|\bcommission\b|\bsponsor|\breferral)"
    ),
    "stake_noun": (
        r"(payments?|purchases?|transfers?|orders?|bookings?|deployments?|deletions?|uploads?"
        r"|commands?"
        r"|transactions?|withdrawals?|merges?|publishing|refunds?|trades?|invoices?|releases?)"
    ),
    # Files and stores that outlive a conversation.
    "memory": (
        r"(agents\.md|claude\.md|gemini\.md|soul\.md|memory\.md|identity\.md|heartbeat\.md"
        r"|\.cursorrules|\.windsurfrules|copilot-instructions\.md|\.cursor\/rules"
        r"|(long-?term|persistent|permanent|your|its|the agent's) (memory|memories|notes)|(in"
        r"|into|to) memory"
        r"|system prompt|global (rules|instructions|settings)|standing (rules|orders|instructions)"
        r"|((project|repository|team|workspace)('s)? |the agent's )rules)"
    ),
    # What somebody has said, or keeps, and would not give away.
    "private": (
        r"((conversation|chat|dialogue|session)('s)?( so far| history| log| notes)?\b|transcript"
        r"|(what|everything|anything|all) (the |your )?{{person}} (has |have "
        r"|had )?(been )?(said|asked|typed|written|wrote|working on|entered|pasted|told you)"
        r"|(the )?{{person}}'s (full |original |last |exact )?(request|prompt|question|message"
        r"|words|text|name|email|e-mail|address(es)?( book)?|contacts?|files?|config\w*|input)"
        r"|(full|exact|original|whole|entire) (text of the |user )?(request|prompt|question)"
        r"|system prompt"
        r"|(contents?|values?|lines?|text) (of|in|from) (the |your |any |each )?(\S+ )?(open "
        r"|token |settings |config\w* |key |env\w* |credentials? |secrets? |current )?files?"
        r"|environment( variables)?|shell (history|lines)|values? of the (\w+ )?(key|token"
        r"|secret|password)"
        r"|values? from the (settings|config\w*|environment|env)\b|(deployment|api|access"
        r"|private|signing) (key|token)s?|clipboard|address book|\.env\b|~\/\.\w+)"
    ),
    "carrier": (
        r"((query|url|q|utm\w*) (string|parameters?|argument)|parameters? of https?:"
        r"|user-agent|headers?|alt text|image (address|url|link|source)"
        r"|badge|pixel|favicon|icon|branch( name)?|commit (message|trailer)|tag name|(issue"
        r"|bug report|ticket|discussion|gist|pull request) (at|on|in|titled|text|body)"
        r"|(open|file|create) an? (issue|ticket|gist|discussion|bug report)|telemetry"
        r"|analytics|diagnostics?|error reports?|crash reports?|bug reports?|dns|hostname"
        r"|subdomain|referer|cookie|file ?name)"
    ),
    "page": (
        r"(https?:\/\/[^ ]{4,160}|\b[a-z0-9-]{2,40}(\.[a-z0-9-]{2,40}){0,3}"
        r"\.(com|net|org|io|dev|app|example)\/[^ ]{1,160})"
    ),
    "address": (
        r"(https?:\/\/|\b[a-z0-9-]+\.[a-z0-9.-]+\.(com|net|org|io|dev|example)\b"
        r"|github\.com\/)"
    ),
}


def spelled_out(body: str) -> str:
    """Return a condition with its named classes replaced; raises ValueError for an unknown one."""

    def words(place: re.Match[str]) -> str:
        if place[1] not in WORDS:
            raise ValueError(f"there are no words named {place[1]}")
        return spelled_out(WORDS[place[1]])

    return _NAMED.sub(words, body)
