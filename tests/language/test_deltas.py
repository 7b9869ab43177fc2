"""δ and net: which belongs to which."""

import pytest

from backprop_tutor.language.deltas import delta_of, net_of


@pytest.mark.parametrize("delta", ["delta12", "delta_12", "δ12", "δ_12"])
def test_a_delta_belongs_to_its_net(delta: str) -> None:
    assert net_of(delta) == "net12"
    assert delta_of("net12") == "delta12"


@pytest.mark.parametrize("name", ["", "delta", "deltas1", "mydelta1", "delta1a", "sum1", "net", "net1a"])
def test_other_names_are_no_deltas_and_no_nets(name: str) -> None:
    assert (net_of(name), delta_of(name)) == ("", "")
