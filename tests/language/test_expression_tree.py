"""Walking and rewriting the tree, and the constructors that leave out what nobody would write."""

from fractions import Fraction

from backprop_tutor.language import (
    Array,
    Call,
    Expr,
    Item,
    Num,
    Partial,
    Sum,
    Sym,
    add,
    children,
    div,
    leaves,
    matmul,
    mul,
    neg,
    power,
    rewrite,
    sub,
    transpose,
)

a, b, c = Sym("a"), Sym("b"), Sym("c")
zero, one, two = (Num(Fraction(value)) for value in range(3))


def test_constructors_simplify_what_nobody_would_write() -> None:
    assert add(a, zero, add(b, c)) == Call("add", (a, b, c))
    assert add(zero) == zero
    assert mul(one, a, mul(b, c)) == Call("mul", (a, b, c))
    assert mul(a, zero) == zero
    assert mul(Num(Fraction(-1)), a, b) == Call("neg", (Call("mul", (a, b)),))
    assert sub(zero, a) == neg(a)
    assert sub(a, zero) == a
    assert div(a, one) == a
    assert neg(neg(a)) == a
    assert neg(two) == Num(Fraction(-2))
    assert power(a, one) == a
    assert power(a, Call("sub", (two, one))) == a
    assert power(a, Call("sub", (b, one))) == Call("pow", (a, Call("sub", (b, one))))
    assert transpose(transpose(a)) == a
    assert matmul(a, b) == Call("matmul", (a, b))


def test_an_index_is_part_of_the_name() -> None:
    entry = Item(a, (one, two), one)
    assert children(entry) == ()
    assert list(leaves(Call("mul", (entry, b)))) == [entry, b]


def test_what_is_computed_can_be_picked_from() -> None:
    picked = Item(Call("softmax", (a,)), (one,))
    assert list(leaves(picked)) == [a]
    assert rewrite(picked, lambda e: b if e == a else None) == Item(Call("softmax", (b,)), (one,))


def test_rewrite_reaches_every_kind_of_node() -> None:
    tree = Sum("p", a, Partial(Array((a, Call("sum", (a,), (("axis", a),)))), a))
    want = Sum("p", b, Partial(Array((b, Call("sum", (b,), (("axis", b),)))), b))

    def change(expr: Expr) -> Expr | None:
        return b if expr == a else None

    assert rewrite(tree, change) == want
    assert set(leaves(want)) == {b}


def test_rewrite_is_outermost_first() -> None:
    assert rewrite(neg(a), lambda e: c if e == neg(a) else b) == c
