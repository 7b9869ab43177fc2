"""The exercise that `new FILE` writes: short, commented, valid, and the start of one's own."""

from backprop_tutor.engine import ops

__all__ = ["STARTER"]

_LOSS, *_LOSSES = ops.losses()

STARTER = f"""\
# An exercise for Backprop Tutor. Check it with:  backprop-tutor validate THIS_FILE
# Numbers are integers, decimals (0.5), powers of ten (1e-3) or fractions (1/3), and are kept exact.

title: My first exercise
description: >-
  Run the forward pass, then find the partial derivatives of J with respect to every weight and bias,
  and update them once.
topics: [relu, squared error]
level: beginner                  # beginner, intermediate or advanced

network:
  layers:
    # One row of weights a unit, one column an input. Leave out `bias` for a layer without one.
    # Activations: {", ".join(ops.activations())}.
    - {{activation: relu, weights: [[1, -1], [2, 1]], bias: [0, 1]}}
    - {{activation: linear, weights: [[1, 1/2]], bias: [0]}}

# The training set: inputs x and targets t, one line an example.
data:
  - {{x: [1, 2], t: [1]}}
  - {{x: [2, 1], t: [3]}}

loss: {_LOSS:<26} # or {", ".join(_LOSSES)}
learning_rate: 1/10              # leave it out when no update is asked

# What is asked, in any order; leave it out to ask everything.
ask: [net1, h1, z, J, dJ/dW2, dJ/db2, dJ/dW1, dJ/db1, W1_new]

# How many significant digits a decimal answer needs, if not 3; or `decimals: 4`.
# digits: 4

# Your own hints, by quantity.
hints:
  dJ/dW2: Start from the last layer and write down dJ/dz first.

# Instead of `network`, `data` and `loss`, any formulas:
#
# graph:
#   given: {{x: -2, y: 5}}         # data: numbers, or arrays such as [[1, 2], [3, 4]]
#   parameters: {{w: -4}}          # updated when there is a learning rate
#   compute:
#     q: x + y
#     f: q * w
#   loss: f
"""
