"""Alarms on the queues, and where they are heard."""

import json
from dataclasses import dataclass

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.queues import Queue, create_queue
from pipeline.core.settings import ALARM_QUEUE_DEPTH

NAMESPACE = "AWS/SQS"
# ministack would judge an alarm by the metrics of all queues together, and each time that one is
# published. It finds none under this name, so only the ticker decides.
ALARM_NAMESPACE = "Spotter/LocalAlarms"

DEPTH = "ApproximateNumberOfMessagesVisible"
AGE = "ApproximateAgeOfOldestMessage"


@dataclass(frozen=True)
class Alarm:
    """Something that operators are told when it happens, and again when it is over."""

    name: str
    queue: str
    metric: str
    threshold: int
    description: str


ALARMS = [
    Alarm(
        f"{names.PREFIX}-queue-depth",
        names.TASK_QUEUE,
        DEPTH,
        ALARM_QUEUE_DEPTH,
        "More pictures wait than the workers can take",
    ),
    Alarm(
        f"{names.PREFIX}-queue-age",
        names.TASK_QUEUE,
        AGE,
        60,
        "A picture has waited for more than a minute",
    ),
    Alarm(
        f"{names.PREFIX}-dead-letters",
        names.DEAD_LETTER_QUEUE,
        DEPTH,
        0,
        "A message used up its deliveries: somebody must look",
    ),
]


def create_alarms(clients: Clients) -> Queue:
    """Create the topic of the alarms and the alarms.

    Returns:
        A queue that gets what the topic says, as an operator's mailbox would.
    """
    topic_arn = clients.sns.create_topic(Name=names.ALARM_TOPIC)["TopicArn"]
    inbox = create_queue(clients, names.ALARM_INBOX, {"Policy": _allow_topic(topic_arn)})
    clients.sns.subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=inbox.arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    for alarm in ALARMS:
        clients.cloudwatch.put_metric_alarm(
            AlarmName=alarm.name,
            AlarmDescription=alarm.description,
            Namespace=ALARM_NAMESPACE,
            MetricName=alarm.metric,
            Dimensions=[{"Name": "QueueName", "Value": alarm.queue}],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=alarm.threshold,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[topic_arn],
            OKActions=[topic_arn],
        )
    return inbox


def _allow_topic(topic_arn: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
