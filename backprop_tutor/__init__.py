"""Backprop Tutor: step-by-step backpropagation for the terminal."""
