"""The engine: ops, number systems, graphs, their evaluation, and the oracles that confirm it."""
