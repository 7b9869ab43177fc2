"""Derivations as text, word for word."""

from backprop_tutor import load, solve
from backprop_tutor.language import to_text
from backprop_tutor.render.screen_style import style_for
from backprop_tutor.walkthrough.derivation import explain


def text(name: str, quantity: str, form: str = "index", *, unroll: bool = False) -> str:
    style, lines = style_for(), []
    for section in explain(solve(load(name)), quantity, unroll=unroll).form(form).sections:
        lines.append(to_text(section.left, style))
        lines += [f"  = {to_text(line.expr, style)}  [{line.rule}]" for line in section.lines]
    return "\n".join(lines)


def test_the_output_weights_of_exercise1() -> None:
    assert text("exercise1", "dJ/dW2") == (
        "∂J/∂W2[i,j]\n"
        "  = ∂/∂W2[i,j] ((1/(2·N))·Σ_p Σ_k (t(p)[k] - z(p)[k])²)  [definition of J]\n"
        "  = (1/(2·N))·∂/∂W2[i,j] (Σ_p Σ_k (t(p)[k] - z(p)[k])²)  [constant factor]\n"
        "  = (1/(2·N))·Σ_p ∂/∂W2[i,j] (Σ_k (t(p)[k] - z(p)[k])²)  [sum over the training set]\n"
        "  = (1/(2·N))·Σ_p Σ_k ∂/∂W2[i,j] ((t(p)[k] - z(p)[k])²)  [derivative of a sum]\n"
        "  = (1/(2·N))·Σ_p Σ_k 2·(t(p)[k] - z(p)[k])·∂/∂W2[i,j] (t(p)[k] - z(p)[k])  [power rule]\n"
        "  = (1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂/∂W2[i,j] (t(p)[k] - z(p)[k])  [cancel the 2]\n"
        "  = (1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·(∂t(p)[k]/∂W2[i,j] - ∂z(p)[k]/∂W2[i,j])"
        "  [derivative of a sum]\n"
        "  = (1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·(-∂z(p)[k]/∂W2[i,j])  [constant]\n"
        "  = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂z(p)[k]/∂W2[i,j]  [minus sign to the front]\n"
        "  = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂z(p)[k]/∂net2(p)[k]·∂net2(p)[k]/∂W2[i,j]  [chain rule]\n"
        "  = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·∂net2(p)[k]/∂W2[i,j]  [derivative of the identity]\n"
        "  = -(1/N)·Σ_p Σ_k (t(p)[k] - z(p)[k])·[k=i]·h1(p)[j]  [linearity of net]\n"
        "  = -(1/N)·Σ_p (t(p)[i] - z(p)[i])·h1(p)[j]  [contraction of the Kronecker delta]"
    )


def test_the_hidden_weights_of_a_sigmoid_network_by_its_deltas() -> None:
    lines = text("exercise3", "dJ/dW1[1,2]").splitlines()
    assert lines[0] == "δ2(p)[k]"
    assert lines[1] == "  = ∂J/∂net2(p)[k]  [definition of δ2]"
    first, last = lines.index("δ1(p)[i]"), lines.index("∂J/∂W1[i,j]")
    assert lines[first - 1] == (
        "  = -(1/N)·(t(p)[k] - z(p)[k])·z(p)[k]·(1 - z(p)[k])  [contraction of the Kronecker delta]"
    )
    assert lines[first:] == [
        "δ1(p)[i]",
        "  = ∂J/∂net1(p)[i]  [definition of δ1]",
        "  = Σ_k ∂J/∂net2(p)[k]·∂net2(p)[k]/∂net1(p)[i]  [total derivative]",
        "  = Σ_k δ2(p)[k]·∂net2(p)[k]/∂net1(p)[i]  [definition of δ2]",
        "  = Σ_k δ2(p)[k]·Σ_l W2[k,l]·∂h1(p)[l]/∂net1(p)[i]  [linearity of net]",
        "  = Σ_k δ2(p)[k]·Σ_l W2[k,l]·h1(p)[l]·(1 - h1(p)[l])·[l=i]  [derivative of the sigmoid]",
        "  = Σ_k δ2(p)[k]·W2[k,i]·h1(p)[i]·(1 - h1(p)[i])  [contraction of the Kronecker delta]",
        "  = h1(p)[i]·(1 - h1(p)[i])·Σ_k δ2(p)[k]·W2[k,i]  [constant factor out of the sum]",
        "∂J/∂W1[i,j]",
        "  = Σ_p Σ_k ∂J/∂net1(p)[k]·∂net1(p)[k]/∂W1[i,j]  [total derivative]",
        "  = Σ_p Σ_k δ1(p)[k]·∂net1(p)[k]/∂W1[i,j]  [definition of δ1]",
        "  = Σ_p Σ_k δ1(p)[k]·[k=i]·x(p)[j]  [linearity of net]",
        "  = Σ_p δ1(p)[i]·x(p)[j]  [contraction of the Kronecker delta]",
    ]
    assert last > first


def test_the_same_in_one_go() -> None:
    assert text("exercise3", "dJ/dW1", unroll=True).splitlines()[-1] == (
        "  = -(1/N)·Σ_p h1(p)[i]·(1 - h1(p)[i])·x(p)[j]·Σ_k (t(p)[k] - z(p)[k])·z(p)[k]·(1 - z(p)[k])·W2[k,i]"
        "  [constant factor out of the sum]"
    )


def test_softmax_and_cross_entropy_leave_z_minus_t() -> None:
    lines = text("softmax-batch", "dJ/dW1").splitlines()
    assert lines[-2:] == [
        "  = -(1/N)·Σ_p x(p)[j]·(t(p)[i] - z(p)[i])  [targets add up to 1]",
        "  = (1/N)·Σ_p (z(p)[i] - t(p)[i])·x(p)[j]  [turn the sign]",
    ]


def test_sigmoid_and_binary_cross_entropy_leave_z_minus_t() -> None:
    lines = text("tanh-bce", "dJ/dW2").splitlines()
    assert lines[-1] == "  = (1/N)·Σ_p (z(p)[i] - t(p)[i])·h1(p)[j]  [turn the sign]"
    assert text("tanh-bce", "dJ/db2").splitlines()[-1] == "  = (1/N)·Σ_p (z(p)[i] - t(p)[i])  [turn the sign]"


def test_a_circuit_with_a_fan_out() -> None:
    assert text("fan-out", "df/da") == (
        "∂f/∂a\n"
        "  = ∂f/∂b·∂b/∂a + ∂f/∂c·∂c/∂a  [total derivative]\n"
        "  = (∂/∂b (b + c))·∂b/∂a + ∂f/∂c·∂c/∂a  [definition of f]\n"
        "  = (∂b/∂b + ∂c/∂b)·∂b/∂a + ∂f/∂c·∂c/∂a  [derivative of a sum]\n"
        "  = ∂b/∂b·∂b/∂a + ∂f/∂c·∂c/∂a  [constant]\n"
        "  = ∂b/∂a + ∂f/∂c·∂c/∂a  [derivative of a variable by itself]\n"
        "  = ∂/∂a (a·x) + ∂f/∂c·∂c/∂a  [definition of b]\n"
        "  = x·∂a/∂a + ∂f/∂c·∂c/∂a  [constant factor]\n"
        "  = x + ∂f/∂c·∂c/∂a  [derivative of a variable by itself]\n"
        "  = x + (∂/∂c (b + c))·∂c/∂a  [definition of f]\n"
        "  = x + (∂b/∂c + ∂c/∂c)·∂c/∂a  [derivative of a sum]\n"
        "  = x + ∂c/∂c·∂c/∂a  [constant]\n"
        "  = x + ∂c/∂a  [derivative of a variable by itself]\n"
        "  = x + ∂/∂a (a²)  [definition of c]\n"
        "  = x + 2·a·∂a/∂a  [power rule]\n"
        "  = x + 2·a  [derivative of a variable by itself]"
    )


def test_the_quotient_rule_in_a_neuron() -> None:
    assert text("sigmoid-neuron", "df/dw0").splitlines()[:4] == [
        "∂f/∂d",
        "  = ∂/∂d (1/d)  [definition of f]",
        "  = -(1/d²)·∂d/∂d  [quotient rule]",
        "  = -1/d²  [derivative of a variable by itself]",
    ]


def test_each_quantity_of_a_graph_is_derived_once_and_then_used() -> None:
    assert text("sigmoid-neuron", "df/dw0").endswith(
        "∂f/∂s\n"
        "  = ∂f/∂m·∂m/∂s  [total derivative]\n"
        "  = ∂f/∂m·∂/∂s (-s)  [definition of m]\n"
        "  = ∂f/∂m·(-∂s/∂s)  [constant factor]\n"
        "  = -∂f/∂m  [derivative of a variable by itself]\n"
        "∂f/∂c\n"
        "  = ∂f/∂s  [in the same way as ∂f/∂e]\n"
        "∂f/∂a\n"
        "  = ∂f/∂c  [in the same way as ∂f/∂e]\n"
        "∂f/∂w0\n"
        "  = ∂f/∂a·∂/∂w0 (w0·x0)  [total derivative]\n"
        "  = ∂f/∂a·x0·∂w0/∂w0  [constant factor]\n"
        "  = ∂f/∂a·x0  [derivative of a variable by itself]"
    )


def test_one_quantity_by_another() -> None:
    assert text("exercise3", "dz/dh1") == (
        "∂z(p)[k]/∂h1(p)[i]\n"
        "  = ∂z(p)[k]/∂net2(p)[k]·∂net2(p)[k]/∂h1(p)[i]  [chain rule]\n"
        "  = z(p)[k]·(1 - z(p)[k])·∂net2(p)[k]/∂h1(p)[i]  [derivative of the sigmoid]\n"
        "  = z(p)[k]·(1 - z(p)[k])·W2[k,i]  [linearity of net]"
    )
    assert text("exercise1", "dnet2/dW1[1,2]").splitlines()[-1] == (
        "  = W2[k,i]·relu'(net1(p)[i])·x(p)[j]  [contraction of the Kronecker delta]"
    )


def test_the_scalar_form_says_a_single_example_by_silence() -> None:
    assert text("exercise1", "dJ/dW2", "scalar") == (
        "∂J/∂W2[1,1]\n"
        "  = ∂/∂W2[1,1] ((1/2)·(t[1] - z[1])²)  [definition of J]\n"
        "  = (1/2)·∂/∂W2[1,1] ((t[1] - z[1])²)  [constant factor]\n"
        "  = (1/2)·2·(t[1] - z[1])·∂/∂W2[1,1] (t[1] - z[1])  [power rule]\n"
        "  = (t[1] - z[1])·∂/∂W2[1,1] (t[1] - z[1])  [cancel the 2]\n"
        "  = (t[1] - z[1])·(∂t[1]/∂W2[1,1] - ∂z[1]/∂W2[1,1])  [derivative of a sum]\n"
        "  = (t[1] - z[1])·(-∂z[1]/∂W2[1,1])  [constant]\n"
        "  = -(t[1] - z[1])·∂z[1]/∂W2[1,1]  [minus sign to the front]\n"
        "  = -(t[1] - z[1])·∂z[1]/∂net2[1]·∂net2[1]/∂W2[1,1]  [chain rule]\n"
        "  = -(t[1] - z[1])·∂net2[1]/∂W2[1,1]  [derivative of the identity]\n"
        "  = -(t[1] - z[1])·h1[1]  [linearity of net]"
    )


def test_the_matrix_form() -> None:
    assert text("exercise1", "dJ/dW1", "matrix") == (
        "δ2\n  = -(1/N)·(t - z)  [chain rule: derivative of the identity]\n"
        "δ1\n  = (δ2 @ W2) ⊙ relu'(net1)  [chain rule: derivative of ReLU]\n"
        "∂J/∂W1\n  = δ1ᵀ @ x  [chain rule: linearity of net]"
    )


def test_the_numbers() -> None:
    assert text("exercise1", "dJ/dW2[1,1]", "numbers") == (
        "∂J/∂W2[1,1]\n"
        "  = -(t[1] - z[1])·h1[1]  [last line of the derivation]\n"
        "  = -(2 - 1)·1  [substitute the values]\n"
        "  = -1  [value]"
    )
