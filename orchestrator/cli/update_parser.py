"""The verbs that change the image of many customers."""

from __future__ import annotations

from orchestrator.cli.verb_parser import Verb, Verbs, add_verb, count, none_or_more, takes_ids


def add_updates(verbs: Verbs[Verb]) -> None:
    """update and rollback."""
    update = add_verb(
        verbs,
        "update",
        "Bring all customers to a new image, a few at a time.",
        "Requests are held meanwhile, and none fails. One customer, the canary, goes first and\n"
        "alone, and is watched for a while; if it fails, nobody else is touched. Who fails keeps\n"
        "its old image and data, and no apply brings it the new one: only another update does.\n"
        "Customers with an image of their own in tenants.yaml are left alone. It goes on by\n"
        "itself after a crash of anything.",
        "update\nupdate --image data-agent:2 --canary customer-a\n"
        "update --batch 8 --max-failures 2\nupdate --stop\nupdate --resume\nupdate --abort",
    )
    takes_ids(update)
    update.add_argument("--image", metavar="NAME", help="default: the present one, as built now")
    _campaign(update, "10 after the first and after the last")
    ending = update.add_mutually_exclusive_group()
    ending.add_argument("--stop", action="store_true", help="update nobody else")
    ending.add_argument(
        "--resume", action="store_true", help="go on with the last one, failed ones too"
    )
    ending.add_argument(
        "--abort", action="store_true", help="back to before one that failed or was stopped"
    )
    ending.add_argument("--show", action="store_true", help="tell how the last one stands")
    back = add_verb(
        verbs,
        "rollback",
        "Bring customers back to the image before their last update.",
        "In the same way, and with today's data. Further applies keep them there, until\n"
        "tenants.yaml names another image, or the next update.",
        "rollback customer-a\nrollback --all",
    )
    takes_ids(back)
    back.add_argument("--all", action="store_true", help="everybody who was updated")
    _campaign(back, "0")


def _campaign(parser: Verb, soak: str) -> None:
    parser.add_argument("--canary", metavar="ID", help="who goes first and alone")
    parser.add_argument("--batch", type=count, metavar="N", help="so many at a time (default: 4)")
    parser.add_argument(
        "--max-failures",
        type=none_or_more,
        default=0,
        metavar="K",
        help="go on with up to K failed (default: 0)",
    )
    parser.add_argument(
        "--soak",
        type=none_or_more,
        metavar="SECONDS",
        help=f"watch whether they stay well (default: {soak})",
    )
