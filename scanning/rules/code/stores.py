"""Where people's secrets lie: files that no program of a stranger has business with."""

import re

# Sources: MITRE ATT&CK T1552.001 and T1552.004 (files, private keys), T1555.001 and T1555.003
# (keychains, browsers); Koi Security and Snyk on what skills were seen to take (agents, wallets).
_PATHS = (
    r"\.ssh(?:/+(?:id_\w+|\*|identity|.{0,20}\.pem)|/*$)",
    r"\.aws/+credentials|\.azure/+(?:accesstokens|msal_token)|\.config/gcloud/+\w+\.(?:db|json)",
    r"\.netrc$|\.git-credentials|\.docker/+config\.json|\.kube/+config|\.gnupg(?:/|$)|\.pgpass",
    r"\.pypirc|/etc/shadow|\.npmrc$|\.(?:aws|kube|azure)/*$|\.config/(?:gh|gcloud|op|rclone)/*$",
    r"\.(?:bash|zsh|python|psql|mysql|node_repl)_history$|fish_history$|consolehost_history",
    r"\.claude/+(?:projects|history|todos|shell-snapshots)|\.codex/+(?:sessions|history)",
    r"\.gemini/+tmp|state\.vscdb|\.cursor/+(?:chats|projects)|\.local/share/opencode",
    r"git[/ ]credential[/ ]fill|security[/ ](?:dump-keychain|find-(?:generic|internet)-password)",
    r"aws[/ ]configure[/ ]export|kubectl[/ ]get[/ ]secrets?|cmdkey[/ ]+list|key=clear",
    r"library/messages|library/mail|chat\.db$|notestore\.sqlite|signal/+sql|telegram desktop",
    r"\.(?:openclaw|clawdbot|moltbot|clawd|claude)/+(?:.{0,40}/)?(?:\.env|\.credentials|credentials)",
    r"(?:\.|config/)(?:openclaw|clawdbot|moltbot)/+(?:.{0,40}/)?(?:openclaw|clawdbot|auth-profiles)\.json",
    r"\.codex/+auth\.json|\.gemini/+oauth_creds|\.cursor/+mcp\.json|gh/hosts\.yml",
    r"login data|local state$|logins\.json|key4\.db|cookies\.sqlite|login\.keychain|/keychains?/",
    r"user data/(?:default|profile)|local storage/+leveldb",
    r"\bexodus|\belectrum|\batomic/local|\bwallet\.dat|keystore/utc|\.config/solana/+id\.json",
    r"nkbihfbeogaeaoehlefnkodbefgpgknn|bfnaelmomeimhlpmgjnjophhpkkoljpa|/phantom/|metamask",
    r"ledger live|bitcoin/wallets|\.ethereum/",
)
PATH = re.compile("|".join(_PATHS), re.I)


# Variables of a project, with its keys (MITRE ATT&CK T1552.001).
_SETTINGS = re.compile(r"(?:^|/)\.env(?:\.(?:local|production|prod))?$", re.I)
# Where people keep what they write (T1005).
_PERSONAL = re.compile(
    r"(?:^|~|/)(?:documents|desktop|pictures|downloads|library/mobile documents)/*$", re.I
)


def is_settings_path(path: str) -> bool:
    """Tell a file that holds the variables of a project."""
    return _SETTINGS.search(path.replace("\\", "/")) is not None


def is_personal_folder(path: str) -> bool:
    """Tell a folder in which people keep what is theirs."""
    return _PERSONAL.search(path.replace("\\", "/")) is not None


def is_secret_path(path: str) -> bool:
    """Tell whether a path, or texts joined to one, leads to somebody's secrets."""
    return PATH.search(path.replace("\\", "/")) is not None
