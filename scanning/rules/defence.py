"""What texts of defenders say: a condition may ask `speaks_of_defence`.

A text that teaches or reviews security quotes what attackers write. It also calls that an attack,
and names severities, mitigations and false alarms. Who attacks has no reason for either, but may
borrow a sentence of it: what is excused so is no finding of its own rule, and a person looks.
"""

from collections.abc import Iterable

from scanning.rules.rule import Category, Confidence, Rule, Severity

# What `scanning.child` says itself: a rule would have been met, but for what else the text says.
EXCUSED = Rule(
    id="prompt-injection/attack-in-a-lesson",
    category=Category.PROMPT_INJECTION,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    advice=(
        "This text quotes what attackers write. A person looks whether it teaches; say in the text"
        " what the quotation is for."
    ),
    source="https://owasp.org/www-project-top-10-for-large-language-model-applications/",
)
NAME = "speaks_of_defence"
_WORK = (
    "red flag",
    "red team",
    "red-team",
    "threat model",
    "owasp",
    "mitre",
    "cve-",
    "cvss",
    "vulnerabilit",
    "mitigat",
    "remediat",
    "severity",
    "false positive",
    "security review",
    "security audit",
    "code review",
    "untrusted",
    "sanitiz",
    "penetration test",
    "pentest",
    "incident",
    "indicators of",
    "defang",
    "malware analy",
    "security analyst",
    "forensic",
    "triage",
    "root cause",
    "hardening",
    "defence",
    "defense",
    "defend",
    "supply chain",
    "supply-chain",
    "capture-the-flag",
    "detection",
    "detects",
    "detected",
    "suspicious",
    "authorised",
    "authorized",
    "yara",
)
_ATTACKS = (
    "attack",
    "malicious",
    "malware",
    "evil",
    "injection",
    "poisoning",
    "adversar",
    "jailbreak",
    "exfiltrat",
    "reverse shell",
    "phishing",
    "backdoor",
    "trojan",
    "typosquat",
    "obfuscat",
    "payload",
    "campaign",
    "exploit",
    "scam",
    "compromis",
    "impersonat",
    "stealer",
)


def _strings(name: str, words: Iterable[str]) -> str:
    return "\n".join(f'    ${name}{number} = "{word}"' for number, word in enumerate(words))


# It is asked by others, and no finding itself; nor is anything excused while nobody
# `takes_excuses`. The numbers tell texts on security from those that mention it; they were measured
# on real skills of both kinds.
RULE = f"""
rule {NAME} {{
  strings:
{_strings("work", _WORK)}
{_strings("attack", _ATTACKS)}
  condition:
    takes_excuses
    and (in_lesson or (4 of ($work*) and 2 of ($attack*)) or (5 of ($work*) and any of ($attack*)))
}}
"""
