"""`explain --rule`: one rule of differentiation, or the list of them."""

import sys

from backprop_tutor.cli.showing import show

__all__ = ["show_rule"]


def show_rule(name: str, *, plain: bool, as_json: bool) -> None:
    """Print the card of the rule `name`; without a name, or for `list`, the names of all rules."""
    import json

    from backprop_tutor.render.rule_json import card_json
    from backprop_tutor.render.screen_style import style_for
    from backprop_tutor.render.subjects.rule_card import card_blocks, list_blocks, upright
    from backprop_tutor.walkthrough.rule_card import rule_card, rule_names

    style = style_for(sys.stdout.encoding)
    if name in ("", "list"):
        names = rule_names()
        if as_json:
            print(json.dumps({"format": 1, "rules": names}, ensure_ascii=False))
        else:
            show(list_blocks(names), style, plain=plain)
        return
    card = rule_card(name)
    if as_json:
        print(json.dumps(card_json(card, style_for()), ensure_ascii=False))
    else:
        style = upright(style)
        show(card_blocks(card, style), style, plain=plain)
