"""The lesson that `new FILE --lesson` writes: short, commented, valid, and the start of one's own."""

__all__ = ["LESSON_STARTER"]

LESSON_STARTER = """\
# A lesson for Backprop Tutor. Check it with:  backprop-tutor validate THIS_FILE
# and read it with:                            backprop-tutor learn THIS_FILE
# `w` is printed as a name, {w} as its value in the exercise. Write no number down: its place is in { }.

title: My first lesson           # a few words, for the map
question: A knob is set wrong. Which way do you turn it?
idea: Turn against the sign of the derivative.
minutes: 5
exercise: one-weight             # a shipped exercise, or a file beside this one: mine.yaml
further: []                      # exercises to go on with

screens:                         # each fits a small window: a few sentences, a picture, one question
  - say: |
      The output is {w} · {x} = {z}, and {t} was wanted. The loss is

        `J = (z - t)**2 / 2`
    picture: {graph: z}          # or matrices: dJ/dW1, curve: J, function: relu

  - title: Which way?
    predict:                     # asked before it is explained; the right answer is proved
      ask: Turn `w` up a little. What does the loss do?
      choices:
        - {say: It falls., when: dJ/dw < 0}
        - say: It rises.
          when: dJ/dw > 0
          but: A larger `w` makes a larger `z`. Is that nearer to {t}?
      then: |
        At {w + 1/100} the loss is {J at w = w + 1/100}: the derivative, {dJ/dw}, is negative.

  - say: How far does it move for each step of `w`?
    predict:
      ask: What is `dJ/dw`?
      number: dJ/dw              # a formula; what was typed is judged as an answer is
      then: It is ({z} - {t}) · {x} = {dJ/dw}.

  - say: Now you.
    do: [z, J, dJ/dw]            # worked out here, with the tutor
"""
