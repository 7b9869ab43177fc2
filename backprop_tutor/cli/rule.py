"""`explain --rule`: one rule of differentiation, or the list of them."""

import sys

__all__ = ["show_rule"]


def show_rule(name: str, *, plain: bool, as_json: bool) -> None:
    """Print the card of the rule `name`; without a name, or for `list`, the names of all rules."""
    import json

    from backprop_tutor.cli.screen import screen
    from backprop_tutor.render.rule_card import card_json, card_lines, card_plain, list_lines
    from backprop_tutor.render.style import style_for
    from backprop_tutor.walkthrough.rule_card import rule_card, rule_names

    width = screen().width
    if name in ("", "list"):
        names = rule_names()
        if as_json:
            print(json.dumps({"format": 1, "rules": names}, ensure_ascii=False))
        else:
            hint = "Show one with: backprop-tutor explain --rule NAME"
            print("\n".join(["Rules:", *list_lines(names, width), "", hint]))
        return
    card = rule_card(name)
    style = style_for(sys.stdout.encoding)
    if as_json:
        print(json.dumps(card_json(card, style_for()), ensure_ascii=False))
    else:
        print("\n".join(card_plain(card, style) if plain else card_lines(card, style, width)))
