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
    # Where the secrets of many things lie together: files, stores, and all that is exported.
    "trove": (
        r"(~\/\.(ssh|aws|kube|gnupg|netrc|npmrc|pypirc|docker|azure|config\/(gh|gcloud|op"
        r"|rclone)|git-credentials|pgpass|claude|codex|cursor|openclaw|gemini)\b|\.(ssh\/|aws\/"
        r"|kube\/|gnupg\/|netrc\b|npmrc\b|pypirc\b|git-credentials|docker\/config"
        r"|env\b( files?\b)?|bash_history|zsh_history|pgpass)|\bid_(rsa|ed25519)\b"
        r"|\bhosts\.yml\b|\bkubeconfig\b|\bconfig view --raw|\bprintenv\b|\boutput of env\b"
        r"|\b(process\.env|os\.environ)\b|\benvironment variables?\b|\bshell history\b"
        r"|\bkeychains?\b|\bkeyrings?\b|\b(browser|chrome|firefox|saved) (profiles?|cookies"
        r"|logins|passwords|sessions?)\b|\bsession cookies?\b|\blogin data\b|\bcookies\.sqlite"
        r"|\bgit config --list|\bgit credentials?\b|\bgh auth token\b|\b(ssh|private|signing"
        r"|deploy) keys?\b|\baws (credentials|keys?|secrets?)\b|\bcloud credentials\b|\b(github"
        r"|gitlab|npm|slack|aws)[_ ][a-z_]{0,16}(token|secret|key)[a-z_]{0,12}\b"
        r"|\baws_secret_access_key\b|\bmcp(_config)?\.json\b|\bwallet (files?|keys?|secrets?)\b"
        r"|\bwallet\.dat\b|\bseed phrases?\b|\bmnemonics?\b|\bpassword (store|manager|vault)\b"
        r"|\b(dot)?env files?\b|\bcredential(s|s? files?|s? stores?)\b|\bsecrets? (files?"
        r"|stores?)\b)"
    ),
    # Text is moved from one place to another.
    "moves": (
        r"(\b(put|puts|add|adds|append|appends|attach|attaches|include|includes|embed|embeds"
        r"|insert|inserts|paste|pastes|post|posts|send|sends|upload|uploads|submit|submits"
        r"|forward|forwards|share|shares|transmit|deliver|report|publish|push|commit|encode"
        r"|encodes|copy|copies|mail|e-?mail|relay|pass|write|writes|record|stash|mirror|sync"
        r"|ship|drop|pipe|store|save|carry|carries|contain|contains|holds?|has|have|with|as)\b)"
    ),
    # Where others read it: not an address, but what leads to one.
    "outlet": (
        r"(\b(commit (message|trailer)s?|trailers?|release notes|changelog|pull request (body"
        r"|description|text)|pr (body|description)|(bug|crash|error|diagnostics?|support|usage"
        r"|health|status) (reports?|tickets?|bundles?|pings?|payloads?)|gh issue|gh gist|gists?"
        r"|pastebin|paste site|webhooks?|telemetry|analytics|beacon|query (string|parameter)s?"
        r"|user-agent|(image|picture|badge|pixel)s?('s)? (address|url|link|source)|tracking pixel"
        r"|subdomains?|dns (queries|query|look-?ups?|labels?|requests?)|(public|shared) (channel"
        r"|repo\w*|bucket|folder|branch)|upstream|alt text)\b|<details>|<!--)"
    ),
    # What is left of asking and telling: nothing.
    "unasked": (
        r"(\b(silent(ly)?|quietly|secretly|discreetly|covertly|unobtrusively|behind the scenes"
        r"|invisibly|(in|as) (the |a )?background( (job|task|step|process))?)\b|\bwithout (a "
        r"|an |any |further |first |explicit |extra |even )*(ask\w*|confirm\w*|approv\w+"
        r"|prompt\w*|permission|tell\w*|mention\w*|notif\w+|announc\w+|comment\w*|question\w*"
        r"|notice|consent|warn\w*|inform\w*|consult\w*|check(ing)? with|wait\w*|paus\w+"
        r"|review)\b|\b(do not|don't|never|not|no need to|needn't|need not|no reason to"
        r"|not necessary to|(do|does)(n't| not) (have|need) to|skip|avoid|instead of"
        r"|rather than|refrain from) (\w+ ){0,3}(ask|asking|mention|mentioning|mentioned|tell"
        r"|telling|told|inform|informing|informed|notify|notifying|notified|show|showing|shown"
        r"|report|reported|reporting|list|listed|listing|explain|explaining|announce|announced"
        r"|announcing|confirm|confirming|confirmation|bother|bothering|disclose|disclosing"
        r"|disclosed|warn|warning|warned|discuss|surface|reveal|display|pause|pausing|wait"
        r"|waiting|approval|lose time|interrupt|prompt|prompting|log|comment"
        r"|logged (anywhere|there|by|to)"
        r"|draw attention|raise|flag)\b|\b(human|user|person|customer|client|owner|reviewer"
        r"|reader|nobody|no one|anyone|people|team)s?( \w+)? (need not|needn't|(does not"
        r"|doesn't|do not|don't) (need|have) to|never (sees?|notices?|knows?|reads?)|won't (see"
        r"|notice|know)|will not (see|notice|know))\b|\b(nobody|no ?one|no (human|user|person"
        r"|reviewer|reader)|few( people)?)( \w+)? (reads?|looks?( at| into)?|checks?) (it|them"
        r"|that|these|there|trailers)\b|\bno (confirmation|approval|permission|prompt"
        r"|questions?|consent|notice|review)s?\b( (is|are) (needed|required|necessary|asked))?"
        r"|\b(is not|isn't|are not|aren't|not|never) (shown|visible|displayed|listed|mentioned"
        r"|counted|part of)\b|\bout of (sight|the (summary|answer|table|report|chat|transcript"
        r"|log|diff|reply)s?)\b|\bleave (it|them|this|that|these|that \w+|this \w+) out\b"
        r"|\bhidden from\b|\bpre-?approved\b|\balready (approved|agreed|consented|confirmed)\b"
        r"|\bauto-?(approv|confirm|accept)\w+\b)"
    ),
    # Files that agents take for their instructions.
    "agent_file": (
        r"(\b(agents|claude|gemini|copilot-instructions|soul|conventions)\.md\b|\.cursorrules\b"
        r"|\.windsurfrules\b|\.clinerules\b|\.cursor\/rules|\.github\/copilot|\.roo\/rules"
        r"|\.claude\/(skills|agents|commands|rules)|\.agents\/skills|\b(agent|rules|instruction)s?"
        r" files?\b)"
    ),
    # What the person has said, in any words.
    "talk": (
        r"((what(ever)?|everything|anything|all|the (last|latest|first|most recent) (thing"
        r"|few things|\w+ things)) (that )?(the |your )?({{person}}|they|he|she) (has |have "
        r"|had |last |just |ever )*(said|asked|told|wrote|written|typed|entered|pasted|shared"
        r"|wants?|is working on|told you)|\b(whole|entire|full|complete|verbatim|raw|recent"
        r"|last|previous|current|past) (\w+ ){0,2}(conversation|chat|dialogue?|discussion"
        r"|prompts?|messages?|transcript|session|thread|context)\b|\b(conversation|chat"
        r"|dialogue|session|message|prompt)('s)? (history|so far|log|transcript|contents?|text"
        r"|context)\b|\bthis (conversation|chat)\b|\b(the )?{{person}}'s (\w+ )?(prompt|request"
        r"|question|message|words|input)s?\b|\bsystem prompt\b|\bword for word\b)"
    ),
    # An address that is nobody's known one, where samples and attackers put theirs.
    "stranger": (
        r"(https?:\/\/[a-z0-9-]{1,40}(\.[a-z0-9-]{1,40}){1,4}\b"
        r"|\b[a-z0-9._-]{1,40}@[a-z0-9-]{2,40}(\.[a-z0-9-]{2,40}){1,3}\b"
        r"|\bs3:\/\/[a-z0-9.-]{3,60}|\b0x[a-f0-9]{40}\b)"
    ),
    # Keys to a wallet, all of which is whoever has them's.
    "wallet_key": (
        r"(\b(private|secret)[_ -]?keys?\b|\bprivkeys?\b|\bmnemonics?\b|\b(seed|recovery|backup"
        r"|secret recovery)[_ -]?(phrases?|words)\b|\b(12|24|twelve|twenty-four)( or (24"
        r"|twenty-four))?[ -](seed )?words?\b|\bwallet[_ -]?(key|secret|seed)s?\b"
        r"|\bkeystore (file|json)\b)"
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
