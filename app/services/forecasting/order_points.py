"""Order points of many items for a row of settings, by several rules of which a company's own history chooses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from app.services.forecasting import lead_time_demand
from app.services.forecasting.history import Floats, Integers, first_demand
from app.services.forecasting.lead_time_demand import Family
from app.services.forecasting.negative_binomial import normal_quantiles
from app.services.forecasting.smoothing import chosen_level

LEVELS: Final = np.concatenate([np.linspace(0.05, 0.9, 18), 1 - np.geomspace(0.08, 0.0002, 22)])
"""``(levels,)`` the chances for which quantiles are worked out; between them they are interpolated."""
_LOGITS: Final = np.log(LEVELS / (1 - LEVELS))
SHORTAGES: Final = np.geomspace(6.0, 1e-9, 60)
"""``(settings,)`` what holding a unit for a period costs, in costs of a missing one: the settings of all rules."""
MULTIPLES: Final = np.concatenate([np.linspace(0.0, 6, 25), np.geomspace(6.5, 120, 35)])
"""``(settings,)`` periods of the moving mean that the common rule keeps."""


class Rule(StrEnum):
    """Where order points come from.

    MULTIPLE: so many periods of the moving mean, the minimum of the common systems.
    TEXTBOOK: the forecast and z times the error of one period times the root of the periods covered.
    NORMAL, NEGATIVE_BINOMIAL, EMPIRICAL, MEAN: quantiles of the demand over the periods covered, by a family.
    BLEND: the mean of TEXTBOOK and NEGATIVE_BINOMIAL: seldom the best, and nowhere far from it.
    """

    MULTIPLE = "multiple"
    TEXTBOOK = "textbook"
    NORMAL = "normal"
    NEGATIVE_BINOMIAL = "negative_binomial"
    EMPIRICAL = "empirical"
    MEAN = "mean"
    BLEND = "blend"


BY_CHANCE: Final = tuple(rule for rule in Rule if rule is not Rule.MULTIPLE)
"""The rules that set a chance of not running out, and so can stand beside each other in one company."""


APART: Final = (Rule.TEXTBOOK, Rule.NORMAL, Rule.NEGATIVE_BINOMIAL, Rule.EMPIRICAL)
"""The rules that are worked out by themselves; the others are means of them."""
BLENDED: Final = (Rule.TEXTBOOK, Rule.NEGATIVE_BINOMIAL)


@dataclass(frozen=True, slots=True)
class Terms:
    """How items are ordered.

    Attributes:
        lead_times: ``(series,)`` whole periods from order to arrival.
        quantities: ``(series,)`` units ordered at once; above zero.
        review: periods between two looks.
        lead_spread: ``(series,)`` standard deviation of the lead time in periods, or nothing.
        window: periods of the moving mean.
    """

    lead_times: Integers
    quantities: Floats
    review: int = 1
    lead_spread: Floats | None = None
    window: int = 12

    def of(self, rows: Integers) -> Terms:
        """Return the terms of some of the items."""
        spread = None if self.lead_spread is None else self.lead_spread[rows]
        return Terms(self.lead_times[rows], self.quantities[rows], self.review, spread, self.window)


def moving_mean(history: Floats, window: int) -> Floats:
    """Return ``(series,)`` the mean of the last periods."""
    return np.asarray(history[:, -window:].mean(axis=1))


def expected(history: Floats) -> Floats:
    """Return ``(series,)`` what is expected in a period, by exponential smoothing."""
    return np.asarray(chosen_level(history, first_demand(history), 1)[:, -1])


def points(history: Floats, terms: Terms, rule: Rule) -> Floats:
    """Return ``(settings, series)`` order points by a rule: for :data:`MULTIPLES`, or else for :data:`SHORTAGES`."""
    if rule is Rule.MULTIPLE:
        return np.asarray(MULTIPLES[:, None] * moving_mean(history, terms.window))
    return at_shortages(history, terms, rule, SHORTAGES)


def at_shortages(history: Floats, terms: Terms, rule: Rule, shortages: Floats) -> Floats:
    """Return ``(settings, series)`` order points for costs of holding relative to a missing unit.

    All items get the same chance ``1 / (1 + s)`` of not running out, the newsvendor's.  An order quantity that covers
    many periods could do with less, as it is seldom at risk; on real demand that cost more than it saved, the far
    ends of the distributions being the least certain part of them.
    """
    return _between(quantile_table(history, terms, rule), shortages)


def _between(quantiles: Floats, shortages: Floats) -> Floats:
    """Return ``(settings, series)`` quantiles at the chances of settings, between those of :data:`LEVELS`."""
    scale = np.maximum(-np.log(shortages), _LOGITS[0])
    place = np.clip(np.searchsorted(_LOGITS, scale) - 1, 0, len(_LOGITS) - 2)
    part = (scale - _LOGITS[place]) / (_LOGITS[place + 1] - _LOGITS[place])  # beyond the last level it goes on as there
    table = quantiles.T
    return np.asarray(table[place] + part[:, None] * (table[place + 1] - table[place]))


def every_rule(history: Floats, terms: Terms) -> dict[Rule, Floats]:
    """Return what :func:`points` gives for every rule, each distribution worked out once."""
    tables: dict[Rule, Floats] = {}
    for rule in APART:
        tables[rule] = quantile_table(history, terms, rule)
    tables[Rule.MEAN] = (tables[Rule.NEGATIVE_BINOMIAL] + tables[Rule.EMPIRICAL]) / 2
    tables[Rule.BLEND] = np.asarray(sum(tables[rule] for rule in BLENDED) / len(BLENDED))
    found: dict[Rule, Floats] = {Rule.MULTIPLE: points(history, terms, Rule.MULTIPLE)}
    for rule, table in tables.items():
        found[rule] = _between(table, SHORTAGES)
    return found


def quantile_table(history: Floats, terms: Terms, rule: Rule) -> Floats:
    """Return ``(series, levels)`` quantiles of the demand over lead time and review, at :data:`LEVELS`."""
    if rule is Rule.BLEND:
        return np.asarray(sum(quantile_table(history, terms, one) for one in BLENDED) / len(BLENDED))
    spans = terms.lead_times + terms.review
    if rule is Rule.TEXTBOOK:
        return _textbook(history, spans, terms)
    table = lead_time_demand.quantiles(history, spans, LEVELS, Family(rule.value))
    if terms.lead_spread is None:
        return table
    rate = history.mean(axis=1)
    middle = table[:, [int(np.searchsorted(LEVELS, 0.5))]]
    one = np.maximum(table[:, int(np.searchsorted(LEVELS, 0.8413))] - middle[:, 0], 1e-9)  # one deviation above
    wider = np.sqrt(1 + (rate * terms.lead_spread / one) ** 2)  # variances of demand and of the lead time add up
    return np.asarray(np.maximum(middle + (table - middle) * wider[:, None], 0.0))


def _textbook(history: Floats, spans: Integers, terms: Terms) -> Floats:
    start = first_demand(history)
    path = chosen_level(history, start, 1)
    errors = history[:, 1:] - path[:, :-1]
    seen = np.arange(1, history.shape[1])[None, :] > start[:, None]
    squares = (errors**2 * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    spread = terms.lead_spread if terms.lead_spread is not None else np.zeros(len(history))
    deviation = np.sqrt(squares * spans + (path[:, -1] * spread) ** 2)
    return np.asarray(np.maximum(path[:, -1:] * spans[:, None] + normal_quantiles(LEVELS) * deviation[:, None], 0.0))
