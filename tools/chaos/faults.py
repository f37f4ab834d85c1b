"""All faults, by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.options import Engine
from tools.chaos import outside
from tools.chaos.live import announcements
from tools.chaos.outside import Strike
from tools.chaos.overwriting import overwrite_successes
from tools.chaos.plan import NOTHING_INSIDE, Plan, Rule
from tools.chaos.receiver import Mode
from tools.chaos.rolling import roll_functions_first, roll_workers_first
from tools.chaos.sleeping import let_fleet_sleep
from tools.chaos.webhooks import strikes

STAGES = ("received", "downloaded", "decoded", "inferred", "copied", "stored")
SERVICES = ("s3", "dynamodb", "sqs")
ACTIONS = {"error": 0.4, "throttle": 0.4, "timeout": 0.3, "lost_answer": 0.3, "latency": 0.3}
"""Actions of a faulty service, with the share of calls that each affects."""


@dataclass(frozen=True)
class Fault:
    """A fault that lasts for a limited time."""

    name: str
    seconds: float
    plan: Plan = NOTHING_INSIDE
    strikes: Sequence[Strike] = ()
    engine: Engine = Engine.SPOTTER
    """Who is asked to recognise the pictures."""
    counts_hints: bool = False
    """Whether the hints to the users' sockets are counted too."""
    counts_calls: bool = False
    """Whether the calls of the users' webhooks are counted too."""


ANNOUNCEMENTS = {
    "announce_killed": announcements.kill_announce,
    "announce_paused": announcements.pause_stream,
    "announce_poison": announcements.write_poison,
    "announce_repeated": announcements.repeat_records,
}

RECEIVERS: dict[str, Strike] = {
    "receiver_slow": strikes.behave(Mode.SLOW),
    "receiver_dead": strikes.stay_dead,
    "receiver_broken": strikes.behave(Mode.BROKEN),
    "receiver_redirects": strikes.behave(Mode.REDIRECTS),
    "receiver_restarted": strikes.restart,
}

NO_REKOGNITION = Plan(
    [
        Rule("rekognition", "error", 0.4),
        Rule("rekognition", "throttle", 0.4),
        Rule("rekognition", "timeout", 1.0),
    ]
)
"""After a failure a worker does not ask for 30 s, so each worker meets few of them."""


def _build_faults_of_news() -> list[Fault]:
    """Hints and calls of webhooks."""
    return [
        *(
            Fault(name, 12, strikes=[strike], counts_hints=True)
            for name, strike in ANNOUNCEMENTS.items()
        ),
        *(
            Fault(name, 12, strikes=[strike], counts_calls=True)
            for name, strike in RECEIVERS.items()
        ),
        Fault("webhooks_given_up", 40, strikes=[strikes.give_up_announcing], counts_calls=True),
    ]


def _build_faults() -> list[Fault]:
    kills = [Fault(f"kill_{stage}", 9, Plan(stage=stage, kills=3)) for stage in STAGES]
    services = [
        Fault(f"{service}_{action}", 6, Plan([Rule(service, action, probability)]))
        for service in SERVICES
        for action, probability in ACTIONS.items()
    ]
    mixed = Plan(
        [Rule(service, action, 0.04) for service in SERVICES for action in ACTIONS],
        stage="inferred",
        kills=2,
    )
    return [
        *kills,
        Fault("kill_all_workers", 9, strikes=[outside.kill_all_workers]),
        Fault("kill_functions", 8, strikes=[outside.kill_functions]),
        Fault("sigterm_storm", 8, strikes=[outside.storm_of_sigterm]),
        *services,
        Fault("rekognition_down", 6, NO_REKOGNITION, engine=Engine.REKOGNITION),
        Fault("repeated_and_shuffled", 8, strikes=[outside.repeat_messages]),
        Fault(
            "heartbeat_stopped",
            8,
            Plan(stage="inferred", kills=1, signal="SIGSTOP"),
            [outside.thaw_workers],
        ),
        *_build_faults_of_news(),
        Fault("successes_overwritten", 12, strikes=[overwrite_successes]),
        Fault("clock_skew", 15, strikes=[outside.use_wrong_clocks]),
        Fault("disk_full", 10, strikes=[outside.fill_disks]),
        Fault("aws_restarted", 8, strikes=[outside.restart_aws]),
        Fault("sleeping_fleet", 30, strikes=[let_fleet_sleep]),
        Fault("rolling_workers_first", 20, strikes=[roll_workers_first]),
        Fault("rolling_functions_first", 20, strikes=[roll_functions_first]),
        Fault("mixed", 12, mixed, [outside.kill_functions, outside.repeat_messages]),
    ]


FAULTS = {fault.name: fault for fault in _build_faults()}
