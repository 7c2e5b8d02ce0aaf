"""A request under a key happens once, whoever repeats it and whatever breaks meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from payments import idempotency, ledger
from payments.errors import (
    IdempotencyKeyInUse,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
    NotOffered,
)
from payments.idempotency import LEASE, Answer, Claim, Effect, Keyed
from payments.models import IdempotencyKey
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.money import fill
from tests.payments.racers import once
from tests.racing import crash, race

pytestmark = pytest.mark.django_db

ROUTE = "POST /v1/things"
DAY = timedelta(hours=24)


def asked(key: str = "key-1", *, route: str = ROUTE, body: object = None) -> Keyed:
    """Return a request under a key."""
    return idempotency.keyed(key, route=route, body=body or {"cents": 5})


class Counted:
    """An effect that says how often it was let happen."""

    def __init__(self, *, is_kept: bool = True) -> None:
        self.count = 0
        self.is_kept = is_kept

    def __call__(self) -> Effect:
        self.count += 1
        return Effect(201, {"id": f"thing-{self.count}", "name": "Ä"}, is_kept=self.is_kept)


@pytest.fixture
def by(bob: User) -> Actor:
    return Bearer(bob, BUYER).actor


class TestAKey:
    """What a key may be, and what a request is."""

    def test_is_required(self) -> None:
        with pytest.raises(IdempotencyKeyMissing):
            idempotency.keyed(None, route=ROUTE, body={})

    @pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ä", "a\n", "\x7f", "a, b"])
    def test_is_visible_ascii(self, key: str) -> None:
        with pytest.raises(InvalidIdempotencyKey):
            idempotency.keyed(key, route=ROUTE, body={})

    @pytest.mark.parametrize("key", ["!", "~" * 255, "b7c9a9d0-5f1e-4f0c-9d4c-0e6f5e1d2c3b"])
    def test_may_be_anything_else(self, key: str) -> None:
        assert idempotency.keyed(key, route=ROUTE, body={}).key == key

    def test_names_a_request_by_what_it_says_and_not_how(self) -> None:
        first = asked(body={"a": 1, "b": [1, "ä"]})
        assert first == asked(body={"b": [1, "ä"], "a": 1})
        assert first != asked(body={"b": ["ä", 1], "a": 1})
        assert asked(body={"a": 1}) != asked(body={"a": "1"})


class TestOnce:
    """Key and effect stand in one transaction."""

    def test_the_same_key_has_one_effect_and_one_answer(self, by: Actor, now: datetime) -> None:
        effect = Counted()
        first, second = (idempotency.once(asked(), by=by, now=now, effect=effect) for _ in range(2))
        assert effect.count == 1
        assert (first.status, first.text) == (second.status, second.text)
        assert first.text == '{"id":"thing-1","name":"Ä"}'
        assert (first.is_replayed, second.is_replayed) == (False, True)

    def test_another_key_is_another_request(self, by: Actor, now: datetime) -> None:
        effect = Counted()
        for key in ("key-1", "key-2"):
            idempotency.once(asked(key), by=by, now=now, effect=effect)
        assert effect.count == 2

    def test_keys_of_two_people_never_meet(self, by: Actor, charlie: User, now: datetime) -> None:
        effect = Counted()
        for actor in (by, Bearer(charlie, BUYER).actor):
            assert not idempotency.once(asked(), by=actor, now=now, effect=effect).is_replayed
        assert effect.count == 2

    def test_another_token_of_the_same_person_may_repeat(self, by: Actor, now: datetime) -> None:
        effect = Counted()
        idempotency.once(asked(), by=by, now=now, effect=effect)
        other = Bearer(by.require_user(), BUYER).actor
        assert idempotency.once(asked(), by=other, now=now, effect=effect).is_replayed

    @pytest.mark.parametrize(
        "other", [asked(body={"cents": 6}), asked(route="POST /v1/other")], ids=["body", "route"]
    )
    def test_a_key_serves_one_request(self, by: Actor, other: Keyed, now: datetime) -> None:
        effect = Counted()
        idempotency.once(asked(), by=by, now=now, effect=effect)
        with pytest.raises(IdempotencyKeyReused):
            idempotency.once(other, by=by, now=now, effect=effect)
        assert effect.count == 1

    def test_a_key_serves_one_wallet(self, by: Actor, now: datetime) -> None:
        idempotency.once(asked(), by=by, now=now, effect=Counted())
        organization = OrganizationFactory.create()
        bearer = Bearer(by.require_user(), BUYER, organization=organization, kind="organization")
        with pytest.raises(IdempotencyKeyReused):
            idempotency.once(asked(), by=bearer.actor, now=now, effect=Counted())

    def test_a_refusal_leaves_the_key_free(self, by: Actor, now: datetime) -> None:
        def refuse() -> Effect:
            raise NotOffered

        with pytest.raises(NotOffered):
            idempotency.once(asked(), by=by, now=now, effect=refuse)
        answer = idempotency.once(asked(), by=by, now=now, effect=Counted())
        assert (answer.status, answer.is_replayed) == (201, False)

    def test_what_moved_nothing_keeps_no_key(self, by: Actor, now: datetime) -> None:
        effect = Counted(is_kept=False)
        idempotency.once(asked(), by=by, now=now, effect=effect)
        assert not IdempotencyKey.objects.exists()
        idempotency.once(asked(), by=by, now=now, effect=effect)
        assert effect.count == 2


class TestClaims:
    """Key and effect stand apart: the provider is between them."""

    @pytest.fixture
    def take(self, by: Actor, now: datetime) -> Callable[..., Claim | Answer]:
        def take(*, after: timedelta = timedelta(), row: str = "thg_1") -> Claim | Answer:
            return idempotency.claim(asked(), by=by, now=now + after, begin=lambda: row)

        return take

    def test_one_caller_works_and_others_are_sent_away(
        self, take: Callable[..., Claim | Answer]
    ) -> None:
        claim = take()
        assert isinstance(claim, Claim)
        assert (claim.subject, claim.is_taken_over) == ("thg_1", False)
        with pytest.raises(IdempotencyKeyInUse):
            take(after=LEASE - timedelta(seconds=1))

    def test_the_answer_is_replayed(self, take: Callable[..., Claim | Answer]) -> None:
        claim = take()
        assert isinstance(claim, Claim)
        first, second = idempotency.finish(claim, Effect(201, {"a": 1})), take()
        assert isinstance(second, Answer)
        assert (second.text, second.is_replayed) == (first.text, True)

    def test_a_late_holder_is_relieved_by_one_who_goes_on_with_the_same_row(
        self, take: Callable[..., Claim | Answer]
    ) -> None:
        take()
        second = take(after=LEASE, row="thg_2")
        assert isinstance(second, Claim)
        assert (second.subject, second.is_taken_over) == ("thg_1", True)

    def test_who_was_relieved_keeps_no_answer(self, take: Callable[..., Claim | Answer]) -> None:
        first, second = take(), take(after=LEASE)
        assert isinstance(first, Claim)
        assert isinstance(second, Claim)
        with pytest.raises(IdempotencyKeyInUse):
            idempotency.finish(first, Effect(201, {"by": "first"}))
        assert idempotency.finish(second, Effect(201, {"by": "second"})).text == '{"by":"second"}'

    def test_who_was_relieved_releases_nothing(
        self, take: Callable[..., Claim | Answer], now: datetime
    ) -> None:
        first = take()
        take(after=LEASE)
        assert isinstance(first, Claim)
        assert not idempotency.release(first)
        assert not idempotency.hand_over(first, now=now)
        assert IdempotencyKey.objects.count() == 1

    def test_a_released_key_begins_anew(self, take: Callable[..., Claim | Answer]) -> None:
        first = take()
        assert isinstance(first, Claim)
        assert idempotency.release(first)
        second = take(row="thg_2")
        assert isinstance(second, Claim)
        assert (second.subject, second.is_taken_over) == ("thg_2", False)

    def test_an_unknown_outcome_is_handed_over_at_once(
        self, take: Callable[..., Claim | Answer], now: datetime
    ) -> None:
        first = take()
        assert isinstance(first, Claim)
        assert idempotency.hand_over(first, now=now)
        second = take(row="thg_2")
        assert isinstance(second, Claim)
        assert (second.subject, second.is_taken_over) == ("thg_1", True)

    def test_an_answered_key_is_not_released(self, take: Callable[..., Claim | Answer]) -> None:
        claim = take()
        assert isinstance(claim, Claim)
        idempotency.finish(claim, Effect(201, {"a": 1}))
        assert not idempotency.release(claim)

    def test_what_cannot_begin_leaves_the_key_free(self, by: Actor, now: datetime) -> None:
        def refuse() -> str:
            raise NotOffered

        with pytest.raises(NotOffered):
            idempotency.claim(asked(), by=by, now=now, begin=refuse)
        assert not IdempotencyKey.objects.exists()

    def test_a_key_in_progress_serves_one_request(
        self, take: Callable[..., Claim | Answer], by: Actor, now: datetime
    ) -> None:
        take()
        other = asked(body={"cents": 6})
        with pytest.raises(IdempotencyKeyReused):
            idempotency.claim(other, by=by, now=now + LEASE, begin=lambda: "thg_2")


class TestADay:
    """Keys are kept for a day, then removed."""

    def test_an_old_key_goes_and_a_young_one_stays(self, by: Actor, now: datetime) -> None:
        idempotency.once(asked("old"), by=by, now=now, effect=Counted())
        idempotency.once(asked("young"), by=by, now=now + LEASE, effect=Counted())
        assert idempotency.purge(now=now + DAY + LEASE, dry_run=False) == 1
        assert IdempotencyKey.objects.get().key == "young"

    def test_a_claim_that_nobody_has_ended_goes_too(self, by: Actor, now: datetime) -> None:
        idempotency.claim(asked(), by=by, now=now, begin=lambda: "thg_1")
        assert idempotency.purge(now=now + DAY + LEASE, dry_run=False) == 0
        assert idempotency.purge(now=now + DAY + 2 * LEASE, dry_run=False) == 1

    def test_a_dry_run_only_counts(self, by: Actor) -> None:
        past = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
        idempotency.once(asked(), by=by, now=past, effect=Counted())
        told = StringIO()
        call_command("purge_idempotency_keys", "--dry-run", stdout=told)
        assert told.getvalue() == "would remove 1 idempotency keys\n"
        call_command("purge_idempotency_keys", stdout=told)
        assert told.getvalue().endswith("\nremoved 1 idempotency keys\n")
        assert not IdempotencyKey.objects.exists()


class TestTheDatabaseRefuses:
    """Whatever writes, these never come to be."""

    @pytest.fixture(autouse=True)
    def _row(self, by: Actor, now: datetime) -> None:
        idempotency.once(asked(), by=by, now=now, effect=Counted())

    @pytest.mark.parametrize(
        "change",
        [
            {"status": None},
            {"status": 402},
            {"body": ""},
            {"holder": "somebody"},
            {"lease_until": datetime.fromisoformat("2026-06-01T00:00:00+00:00")},
            {"key": "a b"},
            {"key": ""},
            {"digest": "abc"},
        ],
    )
    def test_a_row_that_is_neither_leased_nor_answered(self, change: dict[str, object]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            IdempotencyKey.objects.update(**change)

    def test_a_key_of_one_person_twice(self, by: Actor) -> None:
        row = IdempotencyKey.objects.get()
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_within_its_transaction_leaves_the_key_free(bob: User) -> None:
    bearer, wallet = Bearer(bob, BUYER), fill(bob, 100)
    crash("tests.payments.racers:die_within", bearer.credential.public_id, "key")
    assert not IdempotencyKey.objects.exists()
    assert ledger.balance_of(wallet) == 100
    once(7, bearer.credential.public_id, "key")
    assert ledger.balance_of(wallet) == 99


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_process_killed_after_its_effect_is_followed_by_one_who_finds_it(bob: User) -> None:
    bearer, wallet = Bearer(bob, BUYER), fill(bob, 100)
    crash("tests.payments.racers:die_between", bearer.credential.public_id, "key")
    assert ledger.balance_of(wallet) == 99
    request = idempotency.keyed("key", route="POST /test", body={"cents": 1})
    soon = timezone.now()
    with pytest.raises(IdempotencyKeyInUse):
        idempotency.claim(request, by=bearer.actor, now=soon, begin=lambda: "test_second")
    taken = idempotency.claim(
        request, by=bearer.actor, now=soon + LEASE, begin=lambda: "test_second"
    )
    assert isinstance(taken, Claim)
    assert (taken.subject, taken.is_taken_over) == ("test_first", True)
    assert ledger.is_posted(f"test:{taken.subject}", "part")
    idempotency.finish(taken, Effect(201, {"event": taken.subject}))
    assert ledger.balance_of(wallet) == 99


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["once", "across"])
def test_thirty_two_at_once_have_one_effect_and_one_answer(bob: User, way: str) -> None:
    bearer = Bearer(bob, BUYER)
    wallet = fill(bob, 100)
    answers = race(
        f"tests.payments.racers:{way}", bearer.credential.public_id, "key", processes=4, threads=8
    )
    assert len(answers) == 32
    assert len(set(answers)) == 1
    assert ledger.balance_of(wallet) == 99
