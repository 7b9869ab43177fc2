"""δ and net: which belongs to which."""

import pytest

from backprop_tutor.language import Call, Sym, parse
from backprop_tutor.language.deltas import delta_of, net_of


@pytest.mark.parametrize("delta", ["delta12", "delta_12", "δ12", "δ_12"])
def test_a_delta_belongs_to_its_net(delta: str) -> None:
    assert net_of(delta) == "net12"
    assert delta_of("net12") == "delta12"


@pytest.mark.parametrize("name", ["", "delta", "deltas1", "mydelta1", "delta1a", "sum1", "net", "net1a"])
def test_other_names_are_no_deltas_and_no_nets(name: str) -> None:
    assert (net_of(name), delta_of(name)) == ("", "")


@pytest.mark.parametrize("names", [None, ["net1", "net2", "J"]])
@pytest.mark.parametrize(
    ("typed", "top", "bottom"),
    [
        ("delta1/delta1", "delta1", "delta1"),
        ("delta2/delta1", "delta2", "delta1"),
        ("δ1/δ2", "delta1", "delta2"),
    ],
)
def test_one_delta_by_another_is_a_quotient(
    typed: str, top: str, bottom: str, names: list[str] | None
) -> None:
    assert parse(typed, functions={}, names=names) == Call("div", (Sym(top), Sym(bottom)))
