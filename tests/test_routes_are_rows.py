"""What answers a user is what was proved: the formula of a route is that of the row it names, and its words are known."""

import inspect

import pytest

from lintransfer.routing import LAWS, ROUTES, TRANSFER_LAWS, TRANSFER_ROUTES
from lintransfer.routing.arguments import OF_SIZE, VOCABULARY
from lintransfer.routing.route import Route
from lintransfer.theorems import THEOREMS, theorem

ALL = (*ROUTES, *TRANSFER_ROUTES, *LAWS, *TRANSFER_LAWS)
CLOSED = [route for route in ALL if not (isinstance(route, Route) and route.is_drawn)]
DRAWN = [route for route in ALL if isinstance(route, Route) and route.is_drawn]


def label(route):
    return f"{route.strategy.__name__}({route.model.__name__}) {route.theorem}"


def is_known(symbol):
    """A word of the vocabulary, the size, or a number."""
    return symbol in VOCABULARY or symbol in OF_SIZE if isinstance(symbol, str) else isinstance(symbol, int | float)


@pytest.mark.parametrize("route", CLOSED, ids=label)
def test_the_formula_of_a_route_is_the_formula_of_the_row_it_names(route):
    assert theorem(route.theorem).formula is route.formula


@pytest.mark.parametrize("route", DRAWN, ids=label)
def test_a_drawn_route_names_a_row_or_says_that_it_simulates(route):
    assert route.theorem in {"simulation", *(row.name for row in THEOREMS)}


@pytest.mark.parametrize("route", CLOSED, ids=label)
def test_arguments_of_a_route_are_words_of_the_vocabulary(route):
    parameters = inspect.signature(route.formula).parameters
    assert set(route.names) <= set(parameters)
    for name, parameter in parameters.items():
        symbol = route.names.get(name, name)
        assert (
            symbol is None or is_known(symbol) or (name not in route.names and parameter.default is not parameter.empty)
        ), name


@pytest.mark.parametrize("route", [r for r in ALL if isinstance(r, Route)], ids=label)
def test_a_factor_of_a_route_is_a_word_of_the_vocabulary(route):
    assert route.times is None or is_known(route.times)


def test_a_drawn_route_takes_no_names():
    assert not any(route.names for route in DRAWN)
