"""E-mail addresses, profile links and account names."""

from __future__ import annotations

import re

from bot.privacy import tokens
from bot.privacy.lexicon import FIRST_NAMES, is_known_word, key, sections

_EMAIL = re.compile(r"(?<![\w.+-])(?P<local>[\w.+-]+)(?P<gap>\s?)@\s?[\w-]+(?:\.[\w-]+)+")
_AT_SIGN = re.compile(r"[(\[](?:at|a)[)\]]|\bat\b|staart|@", re.IGNORECASE)
_TOP = r"(?:nl|com|net|org|be|de|eu|info|me|edu|uk|co|fr|pl|nu|frl|amsterdam)"
_TOP_END = re.compile(rf"\.{_TOP}$", re.IGNORECASE)
_PROVIDER = r"(?:gmail|g\s?mail|hotmail|outlook|live|icloud|yahoo|ziggo|kpnmail|kpn|planet|xs4all|upcmail|home|hetnet|quicknet|protonmail|msn|wanadoo)"
_DOT = r"(?:\s{0,2}\.\s{0,2}|\s{0,2}[(\[](?:dot|punt)[)\]]\s{0,2}|\s(?:dot|punt)\s)"
_JOIN = r"(?:\.|\s(?:punt|dot|underscore|laag streepje|liggend streepje|streepje|min)\s)"
#: an address read aloud or with its signs spelled out: 'jan punt bakker apenstaartje gmail punt com', 'lotte @ live'
_SPOKEN_EMAIL = re.compile(
    rf"(?<![\w.-])[\w-]{{1,40}}(?:{_JOIN}[\w-]{{1,40}}){{0,4}}\s{{0,2}}"
    r"(?:[(\[]at[)\]]|[(\[]a[)\]]|\bat\b|\bape[nr]?staart(?:je)?\b|@)\s{0,2}"
    rf"(?:[\w-]{{2,40}}(?:{_DOT}[\w-]{{2,40}}){{0,2}}{_DOT}{_TOP}\b|{_PROVIDER}\b(?!\.))",
    re.IGNORECASE,
)
_SOCIAL_LINK = re.compile(
    r"(?<![\w.@-])(?:https?://)?(?:[\w-]+\.)*(?:facebook|fb|instagram|tiktok|snapchat|linkedin|twitter|x|youtube|threads|onlyfans|pinterest"
    r"|reddit|twitch|roblox|discord|telegram|bsky|strava|t|wa|m)\.(?:com|nl|me|gg|tv|be|net|app)/[\w@%/?&=#.+~:-]*[\w/=]",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"]+", re.IGNORECASE)
_PROFILE_PATH = re.compile(
    r"/(?:profiel|profiles?|profielen|users?|gebruikers?|leden|members?|people|in|u)/|/@"
    r"|[?&](?:user|userid|naam|name|client|clientid|patient|leerling|dossier)=",
    re.IGNORECASE,
)
_AT_HANDLE = re.compile(r"(?<![\w@.])(?:@(?=[\w.]*[^\W\d_])[\w.]*\w\w)+")
_TAGGED_HANDLE = re.compile(r"(?<![\w#.])[\w.]{2,32}#\d{4}\b")

_PLATFORM = (
    r"(?:insta(?:gram)?|snap(?:chat)?|tiktok|discord|steam|roblox|fortnite|xbox|psn|twitter|facebook|fb|telegram|kik|bereal|youtube|twitch"
    r"|gamer\s?tag|user\s?name|gebruikersnaam|account\s?naam|account|nick(?:name)?|profiel\s?naam|profiel)"
)
_PLATFORM_WORD = re.compile(rf"\b{_PLATFORM}", re.IGNORECASE)
_FILL = r"(?:(?:hij|ze|zij|ie|ik|zich|daar|de|het|naam|account|gebruikersnaam|haar|zijn|is|van|hem|onder|nu|nog|dan)\s+){0,4}"
_HANDLE = r"[\"'“‘]?(?P<handle>[\w.\-]{3,40})"
_INTRODUCED = (
    re.compile(rf"(?<!laatste )\b{_PLATFORM}(?:naam|account)?\s{{0,2}}[:=]\s{{0,2}}{_HANDLE}", re.IGNORECASE),
    re.compile(rf"\b{_PLATFORM}(?:naam|account)?\s+(?:heet|heette|is|noemt|onder|als|genaamd|naam)\s+{_FILL}{_HANDLE}", re.IGNORECASE),
    re.compile(rf"\b(?:heet|heette|genaamd|noemt)\s+{_FILL}op\s+{_PLATFORM}\s+{_FILL}{_HANDLE}", re.IGNORECASE),
)
_AFTER_PLATFORM = re.compile(rf"\b{_PLATFORM}\s+{_HANDLE}", re.IGNORECASE)
_MIXED_WORD = re.compile(r"(?<![\w.])(?:[^\W_]{1,20}\.){0,2}[^\W\d_][^\W_]*(?:_\w*|\d\w*)(?<=\w)")
#: 'op insta volgt ze dj.marlon_': a few small words, then a name that no word looks like
_LATER_HANDLE = re.compile(rf"\b{_PLATFORM}(?:\s[a-z]{{1,12}}){{1,3}}\s(?P<handle>[\w.]*[a-zA-Z][\w.]*)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_MONTHS = sections("omgeving.txt")["tijd"]


def _is_made_up(handle: str) -> bool:
    """Whether no ordinary word looks like this: digits, an underscore or a dot within."""
    inner = handle.strip(".-")
    return len(inner) > 2 and any(char.isalpha() for char in inner) and any(char.isdigit() or char in "_." for char in inner)


def _mask_handle(match: re.Match[str], *, made_up_only: bool = False) -> str:
    handle = match["handle"]
    word = handle.rstrip(".-")
    if not _is_made_up(word) and (made_up_only or is_known_word(key(word)) or not any(char.isalpha() for char in word)):
        return match[0]
    start, end = match.start("handle") - match.start(), match.start("handle") - match.start() + len(word)
    return match[0][:start] + tokens.ACCOUNT + match[0][end:]


def _mask_email(match: re.Match[str]) -> str:
    """The word before ' @lisa.xx' is no part of it: that is an account."""
    local = match["local"]
    if not match["gap"] or (_TOP_END.search(match[0]) and not is_known_word(key(local))):
        return tokens.EMAIL
    return local + match["gap"] + tokens.ACCOUNT


def _mask_mixed_word(match: re.Match[str]) -> str:
    """`lisa_2010`, `xxjayden12`: an account name that holds a first name; ids of ours (`lijn_113`) hold none."""
    parts = [key(part) for part in _LETTERS.findall(match[0])]
    return tokens.ACCOUNT if any(part in FIRST_NAMES and part not in _MONTHS for part in parts) else match[0]


def mask_contact(text: str) -> str:
    """`text` without e-mail addresses (`[e-mail]`), profile links and account names (`[account]`)."""
    if "@" in text:
        text = _EMAIL.sub(_mask_email, text)
    if _AT_SIGN.search(text):
        text = _SPOKEN_EMAIL.sub(tokens.EMAIL, text)
    if "/" in text:
        text = _SOCIAL_LINK.sub(tokens.ACCOUNT, text)
        text = _LINK.sub(lambda match: tokens.ACCOUNT if _PROFILE_PATH.search(match[0]) else match[0], text)
    if "@" in text:
        text = _AT_HANDLE.sub(lambda match: tokens.ACCOUNT * match[0].count("@"), text)
    if "#" in text:
        text = _TAGGED_HANDLE.sub(tokens.ACCOUNT, text)
    if _PLATFORM_WORD.search(text):
        for pattern in _INTRODUCED:
            text = pattern.sub(_mask_handle, text)
        text = _AFTER_PLATFORM.sub(lambda match: _mask_handle(match, made_up_only=True), text)
        text = _LATER_HANDLE.sub(lambda match: _mask_handle(match, made_up_only=True), text)
    return _MIXED_WORD.sub(_mask_mixed_word, text)
