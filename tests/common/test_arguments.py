"""Numbers that cannot be are named where they enter, with what is wanted."""

import math

import pytest

from rockonet.common.arguments import check_count, check_frets, check_number


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", None, math.nan])
def test_a_count_is_a_whole_number(wrong):
    with pytest.raises(ValueError, match="^bars is .*; it wants one whole number, 1 or more.$"):
        check_count("bars", wrong)
    check_count("bars", 1)
    check_count("top_k", 0, least=0)


@pytest.mark.parametrize("wrong", [-0.1, math.inf, math.nan, "1", None, 1.1])
def test_a_number_is_finite(wrong):
    with pytest.raises(ValueError, match="^top_p is .*; it wants one number, from 0 to 1.$"):
        check_number("top_p", wrong, most=1)
    check_number("temperature", 1e9)


@pytest.mark.parametrize("wrong", [(0, 100), (5, 3), (-1, 3), (0,), 12, (0.0, 12.5), ("a", 2)])
def test_frets_are_two_on_a_neck(wrong):
    with pytest.raises(ValueError, match="the lowest and the highest one"):
        check_frets(wrong)
    check_frets((0, 24))
