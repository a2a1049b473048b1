"""Who may be who: PokerGFX identities against the players of the tournament platform.

Nothing here links anybody. From `AUTOMATIC` on a suggestion is shown to people without being asked
for; below, it is one of several candidates. An identity that has only a surname borrows the long
name of other identities with that surname, if all of them can be one person: two Garcias lend
theirs to nobody. Sitting where and when the platform lists the player speaks for a candidate.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rapidfuzz import fuzz, process

from contracts.messages.override import LinkEvidence, LinkMethod
from contracts.people.comparing import SCORES, Likeness, Name, compare, prepared
from contracts.people.names import name_key
from contracts.people.records import Identity, Player

# Rules below are also met by relatives and namesakes; none of them may suggest on its own.
AUTOMATIC = 85
# What a common seat adds: enough for a surname alone (60), too little for nothing.
SEAT_BOOST = 25
# Long names borrowed from another identity are somebody's guess that both are one person.
BORROWED_LESS = 10
# The best candidate must be better than the next by this, or nobody is suggested by itself.
MARGIN = 5
# Long names at least this alike can be one person's; less are two people.
ONE_PERSON_MIN = 80
# Candidates of one identity that are worth a look.
CANDIDATES_MAX = 5
# Names that share no word but are this alike are compared as well (slips in every word).
NEARBY_SIMILARITY_MIN = 80


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """An identity and the player it may be; `confidence` 0-100."""

    player_hash: str
    player_id: str
    confidence: int
    method: LinkMethod
    evidence: LinkEvidence

    @property
    def automatic(self) -> bool:
        """Whether people are shown it without asking."""
        return self.confidence >= AUTOMATIC


class _Candidate(msgspec.Struct, frozen=True):
    """A comparison that held. `rank` is not limited to 100, so that a common seat decides a tie."""

    identity: Identity
    player: Player
    likeness: Likeness
    borrowed: str
    seats: int

    @property
    def by_name(self) -> int:
        return self.likeness.score - (BORROWED_LESS if self.borrowed else 0)

    @property
    def rank(self) -> int:
        return self.by_name + (SEAT_BOOST if self.seats else 0)


def suggestions(
    identities: Sequence[Identity],
    players: Sequence[Player],
    seats: Mapping[tuple[str, str], int] | None = None,
) -> list[Suggestion]:
    """Candidates of every identity, best first; `seats` as `co_occurrences` counts them.

    The same records in any order give the same answer.
    """
    unique = {i.player_hash: i for i in sorted(identities, key=msgspec.structs.astuple)}
    directory = _Directory(players)
    lent = _lent_names(unique.values())
    ranked = {
        player_hash: _candidates(identity, directory, lent, seats or {})
        for player_hash, identity in sorted(unique.items())
    }
    doubted = _claimed_twice(ranked)
    return [said for each in ranked.values() for said in _said(each, doubted)]


class _Directory:
    """The players by what their names are made of."""

    def __init__(self, players: Iterable[Player]) -> None:
        self.players = {p.player_id: p for p in sorted(players, key=msgspec.structs.astuple)}
        self.names = {player_id: prepared(p.name) for player_id, p in self.players.items()}
        self._keys = {player_id: name.key for player_id, name in self.names.items()}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        self._by_letters: dict[str, set[str]] = defaultdict(set)
        for player_id, name in self.names.items():
            self._by_letters["".join(sorted(name.key.replace(" ", "")))].add(player_id)
            for word in (*name.words, *name.spelled):
                self._by_word[word].add(player_id)

    def near(self, name: Name) -> list[str]:
        """Players whose name shares a word or nearly all letters with this one."""
        found = set(self._by_letters.get("".join(sorted(name.key.replace(" ", ""))), ()))
        for word in (*name.words, *name.spelled):
            if len(word) > 1:
                found |= self._by_word.get(word, set())
        alike = process.extract(
            name.key,
            self._keys,
            scorer=fuzz.token_sort_ratio,
            score_cutoff=NEARBY_SIMILARITY_MIN,
            limit=CANDIDATES_MAX,
        )
        return sorted(found | {player_id for _, _, player_id in alike})

    def named(self, surname: str) -> list[str]:
        """Players whose name holds every word of a surname."""
        words = surname.split()
        sets = [self._by_word.get(word, set()) for word in words]
        return sorted(set.intersection(*sets)) if sets else []


def full_name(identity: Identity) -> str:
    """The full name of an identity, empty where only a surname was typed."""
    name, long_name = name_key(identity.name).split(), name_key(identity.long_name).split()
    if len(long_name) == 1 and long_name != name and name and not set(long_name) & set(name):
        return f"{identity.long_name} {identity.name}"
    if len(long_name) > 1:
        return identity.long_name
    return identity.name if len(name) > 1 else ""


def _lent_names(identities: Iterable[Identity]) -> dict[str, list[str]]:
    """Long names by surname key, where all long names of the surname can be one person's."""
    by_surname: dict[str, set[str]] = defaultdict(set)
    for identity in identities:
        if full := full_name(identity):
            by_surname[name_key(identity.name)].add(full)
    return {surname: sorted(names) for surname, names in by_surname.items() if _one_person(names)}


def _one_person(names: Iterable[str]) -> bool:
    known = [prepared(name) for name in names]
    return all(_compatible(one, other) for one in known for other in known)


def _compatible(one: Name, other: Name) -> bool:
    likeness = compare(one, other)
    return likeness is not None and likeness.score >= ONE_PERSON_MIN


def _candidates(
    identity: Identity,
    directory: _Directory,
    lent: Mapping[str, list[str]],
    seats: Mapping[tuple[str, str], int],
) -> list[_Candidate]:
    """Comparisons of one identity that hold, best first."""
    best: dict[str, _Candidate] = {}
    for text, borrowed in _names_of(identity, lent):
        name = prepared(text, identity.name)
        for player_id in directory.near(name):
            likeness = compare(name, directory.names[player_id])
            _keep(best, identity, directory.players[player_id], (likeness, borrowed))
    surname = name_key(identity.name)
    if len(surname) > 1 and not full_name(identity):
        for player_id in directory.named(surname):
            likeness = Likeness("surname", 100)
            _keep(best, identity, directory.players[player_id], (likeness, ""))
    counted = [
        msgspec.structs.replace(c, seats=seats.get((identity.player_hash, c.player.player_id), 0))
        for c in best.values()
    ]
    return sorted(counted, key=lambda c: (-c.rank, c.player.player_id))[:CANDIDATES_MAX]


def _names_of(identity: Identity, lent: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Full names to look for, each with where it was borrowed."""
    own = full_name(identity)
    if own:
        return [(own, "")]
    return [
        (identity.name, ""),
        *((name, name) for name in lent.get(name_key(identity.name), ())),
    ]


def _keep(
    best: dict[str, _Candidate],
    identity: Identity,
    player: Player,
    found: tuple[Likeness | None, str],
) -> None:
    likeness, borrowed = found
    if likeness is None:
        return
    candidate = _Candidate(identity, player, likeness, borrowed, 0)
    known = best.get(player.player_id)
    if known is None or candidate.by_name > known.by_name:
        best[player.player_id] = candidate


def _claimed_twice(ranked: Mapping[str, list[_Candidate]]) -> set[tuple[str, str]]:
    """Pairs that would merge identities whose long names are two people's, all but the surest."""
    claims: dict[str, list[_Candidate]] = defaultdict(list)
    for candidates in ranked.values():
        if candidates and _confidence(candidates[0], candidates) >= AUTOMATIC:
            claims[candidates[0].player.player_id].append(candidates[0])
    return {
        (one.identity.player_hash, player_id)
        for player_id, claimed in claims.items()
        for one in claimed
        if any(other.rank >= one.rank and _two_people(one, other) for other in claimed)
    }


def _two_people(one: _Candidate, other: _Candidate) -> bool:
    names = [c.borrowed or full_name(c.identity) for c in (one, other)]
    return all(names) and not _compatible(prepared(names[0]), prepared(names[1]))


def _said(candidates: Sequence[_Candidate], doubted: set[tuple[str, str]]) -> Iterable[Suggestion]:
    for candidate in candidates:
        confidence = _confidence(candidate, candidates)
        if (candidate.identity.player_hash, candidate.player.player_id) in doubted:
            confidence = min(confidence, AUTOMATIC - 1)
        yield Suggestion(
            player_hash=candidate.identity.player_hash,
            player_id=candidate.player.player_id,
            confidence=confidence,
            method=_method(candidate, confidence),
            evidence=_evidence(candidate, len(candidates) - 1),
        )


def _confidence(candidate: _Candidate, candidates: Sequence[_Candidate]) -> int:
    """Its rank, but never automatic unless it is clearly the best."""
    others = [c.rank for c in candidates if c is not candidate]
    clear = not others or candidate.rank >= max(others) + MARGIN
    return min(candidate.rank, 100 if clear else AUTOMATIC - 1)


def _method(candidate: _Candidate, confidence: int) -> LinkMethod:
    if confidence >= AUTOMATIC > candidate.by_name:
        return "co_occurrence"
    if candidate.borrowed or candidate.likeness.score < SCORES["same_key"]:
        return "fuzzy"
    return "exact" if candidate.likeness.rule == "same_text" else "normalised"


def _evidence(candidate: _Candidate, rivals: int) -> LinkEvidence:
    return LinkEvidence(
        rule=candidate.likeness.rule,
        gfx_name=candidate.identity.name,
        gfx_long_name=candidate.identity.long_name,
        player_name=candidate.player.name,
        similarity=candidate.likeness.similarity,
        borrowed=candidate.borrowed,
        seats=candidate.seats,
        rivals=rivals,
    )
