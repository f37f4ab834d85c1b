"""The alarms on the queues, their topic, and a queue that receives the notices."""

import json
from dataclasses import dataclass

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.queues import Queue, create_queue
from pipeline.core import alarms

NAMESPACE = "AWS/SQS"
# ministack ignores the dimensions of an alarm: it would compare the metrics of all queues with each
# threshold. No metric has this namespace, so only the ticker sets the state of an alarm.
ALARM_NAMESPACE = "Spotter/LocalAlarms"

DEPTH = "ApproximateNumberOfMessagesVisible"
AGE = "ApproximateAgeOfOldestMessage"


@dataclass(frozen=True)
class QueueAlarm:
    """Operators are notified when it begins and when it ends."""

    name: str
    queue: str
    metric: str
    limit: alarms.Alarm
    description: str


DEPTH_ALARM, AGE_ALARM = f"{names.PREFIX}-queue-depth", f"{names.PREFIX}-queue-age"

ALARMS = [
    QueueAlarm(
        DEPTH_ALARM,
        names.TASK_QUEUE,
        DEPTH,
        alarms.DEPTH,
        "Queue backlog: more pictures wait than the workers can take",
    ),
    QueueAlarm(
        AGE_ALARM,
        names.TASK_QUEUE,
        AGE,
        alarms.AGE,
        "The oldest picture has waited for minutes",
    ),
    QueueAlarm(
        f"{names.PREFIX}-dead-letters",
        names.DEAD_LETTER_QUEUE,
        DEPTH,
        alarms.DEAD_LETTERS,
        "A message used up its receives",
    ),
]


def build_alarm_arn(name: str) -> str:
    """The ARN of an alarm."""
    return f"arn:aws:cloudwatch:{names.REGION}:{names.ACCOUNT_ID}:alarm:{name}"


def create_alarms(clients: Clients) -> Queue:
    """Create the alarms and their topic.

    Returns:
        A queue that is subscribed to the topic, as an operator's mailbox is.
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
            Period=alarm.limit.period_seconds,
            EvaluationPeriods=alarm.limit.periods,
            Threshold=alarm.limit.threshold,
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
