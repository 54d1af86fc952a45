"""Short stock is shared out as the strategies say, and no piece is made or lost on the way."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.models.rebalancing import Claim, Strategy, moves, share_out


def claim(n, strategy, wanted, kept, *sort):
    return Claim(UUID(int=n), Strategy(strategy), wanted, kept, sort or (n,))


def after(free, *claims):
    return {outcome.claim.line_id.int: outcome.promised for outcome in share_out(free, claims)}


def test_who_shall_win_is_served_whole_from_what_others_have():
    assert after(2, claim(1, "win", 10, 0), claim(2, "share", 9, 9), claim(3, "fill", 5, 5)) == {1: 10, 2: 6, 3: 0}


def test_who_shall_win_takes_nothing_from_who_may_only_gain_and_is_an_exception_then():
    outcomes = share_out(0, [claim(1, "win", 10, 0), claim(2, "gain", 9, 7), claim(3, "lose", 4, 4)])
    assert [(outcome.promised, outcome.fails) for outcome in outcomes] == [(4, True), (7, False), (0, False)]


def test_sharing_follows_the_sort_and_not_who_has_it_now():
    assert after(0, claim(1, "share", 8, 0, "A"), claim(2, "share", 8, 8, "B"), claim(3, "share", 8, 3, "C")) == {
        1: 8,
        2: 3,
        3: 0,
    }


def test_who_only_fills_never_gains_and_who_loses_gives_all_up_even_when_nobody_needs_it():
    assert after(9, claim(1, "fill", 8, 2), claim(2, "lose", 8, 5)) == {1: 2, 2: 0}


claims = st.lists(
    st.builds(
        lambda strategy, wanted, kept, sort: (strategy, wanted, min(wanted, kept), sort),
        st.sampled_from(list(Strategy)),
        st.integers(0, 12),
        st.integers(0, 12),
        st.integers(0, 3),
    ),
    max_size=7,
)


@given(st.integers(0, 15), claims)
def test_the_strategies_hold_whatever_the_orders_are(free, drawn):
    asked = [Claim(UUID(int=n), *fields[:3], (fields[3],)) for n, fields in enumerate(drawn)]
    outcomes = share_out(free, asked)
    rest = free + sum(each.kept for each in asked) - sum(each.promised for each in outcomes)
    assert rest >= 0 and len(outcomes) == len(asked)
    by = {strategy: [each for each in outcomes if each.claim.strategy == strategy] for strategy in Strategy}
    for each in outcomes:
        assert 0 <= each.promised <= each.claim.wanted
    for each in by[Strategy.GAIN]:
        assert each.change >= 0
    for each in by[Strategy.FILL]:
        assert each.change <= 0
        assert not (each.change < 0 and rest)  # nobody loses what nobody needs
    for each in by[Strategy.LOSE]:
        assert not each.promised
    open_ = [each for strategy in (Strategy.WIN, Strategy.GAIN, Strategy.SHARE) for each in by[strategy]]
    assert not rest or all(each.promised == each.claim.wanted for each in open_)
    for group in (Strategy.WIN, Strategy.SHARE):  # within a group whoever comes later has something only if the ones
        served = by[group]  # before have all
        for first, second in pairwise(served):
            assert first.claim.sort <= second.claim.sort
            assert not second.promised or first.promised == first.claim.wanted
    if any(each.fails for each in by[Strategy.WIN]):  # then nobody else has what could be taken
        assert all(not each.promised for group in (Strategy.SHARE, Strategy.FILL) for each in by[group])
        assert all(not each.change for each in by[Strategy.GAIN])


@given(st.integers(0, 15), claims)
def test_the_moves_lead_from_what_was_to_what_will_be_and_nobody_gives_and_takes(free, drawn):
    asked = [Claim(UUID(int=n), *fields[:3], (fields[3],)) for n, fields in enumerate(drawn)]
    outcomes = share_out(free, asked)
    change, givers, takers = Counter(), set(), set()
    for move in moves(outcomes):
        assert move.grains > 0 and move.giver is not move.taker
        for one, sign, side in ((move.giver, -1, givers), (move.taker, 1, takers)):
            change[one and one.line_id] += sign * move.grains
            side.add(one and one.line_id)
    assert {each.claim.line_id: each.change for each in outcomes if each.change} == {
        line: grains for line, grains in change.items() if line and grains
    }
    assert not (givers - {None}) & (takers - {None})
    assert free + change[None] >= 0
