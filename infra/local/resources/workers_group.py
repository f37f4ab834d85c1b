"""The Auto Scaling group of the workers. It sets the number of worker processes."""

from infra.local import names
from infra.local.clients import Clients

MAX_WORKERS = 4


def create_workers_group(clients: Clients) -> None:
    autoscaling = clients.autoscaling
    found = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[names.WORKER_GROUP])
    if found["AutoScalingGroups"]:
        return
    autoscaling.create_launch_configuration(
        LaunchConfigurationName=names.WORKER_GROUP, ImageId="ami-00000000", InstanceType="c7i.large"
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=names.WORKER_GROUP,
        LaunchConfigurationName=names.WORKER_GROUP,
        MinSize=0,
        MaxSize=MAX_WORKERS,
        DesiredCapacity=1,
        AvailabilityZones=[f"{names.REGION}a"],
    )


def get_members(clients: Clients) -> list[str]:
    """The names of the group's workers."""
    found = clients.autoscaling.describe_auto_scaling_groups(
        AutoScalingGroupNames=[names.WORKER_GROUP]
    )
    instances = found["AutoScalingGroups"][0].get("Instances", [])
    return [instance["InstanceId"] for instance in instances]
