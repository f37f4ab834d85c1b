# The machines that recognise: an Auto Scaling group whose size follows the backlog. sleep.tf: none
# while nothing waits.

locals {
  capacity = jsondecode(file("${path.module}/../../capacity.json"))

  images_per_second = local.capacity.images_per_second_per_vcpu * var.size.vcpus
  needed            = ceil(var.size.concurrent_users / local.capacity.seconds_per_user_and_image / local.images_per_second)
  zones             = length(var.subnet_ids)

  # A launch takes minutes, so the awake group carries the promised users, also after losing a zone.
  awake_size = !var.size.survive_zone_loss ? local.needed : ceil(local.needed / (local.zones - 1)) * local.zones
  min_size   = var.size.sleeps ? 0 : local.awake_size
  max_size   = max(var.size.max_size, local.awake_size)

  # Before the first deploy there is nothing to run.
  min_now = var.release == null ? 0 : local.min_size
  max_now = var.release == null ? 0 : local.max_size

  # From the first waiting picture to a worker that takes it: the metric and the alarm, then the launch.
  starts         = local.capacity.starts
  launch_seconds = var.size.warm_pool_size > 0 ? local.starts.warm_launch_seconds : local.starts.cold_launch_seconds
  start_seconds  = var.size.sleeps ? local.starts.noticed_seconds + local.launch_seconds : 0

  group_name   = "${var.name}-workers"
  architecture = "arm64"
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${local.architecture}"
}

resource "aws_launch_template" "this" {
  name                   = local.group_name
  description            = "Release ${try(var.release.sha256, "none yet")}"
  image_id               = coalesce(var.image_id, data.aws_ssm_parameter.image.insecure_value)
  instance_type          = var.size.instance_types[0]
  update_default_version = true
  vpc_security_group_ids = [var.security_group_id]

  user_data = base64encode(templatefile("${path.module}/files/user_data.sh", {
    region  = var.here.region
    bucket  = try(var.release.bucket, "")
    key     = try(var.release.key, "")
    sha256  = try(var.release.sha256, "")
    group   = local.group_name
    logs    = aws_cloudwatch_log_group.this.name
    version = substr(try(var.release.sha256, ""), 0, 12)

    environment = var.environment
    dual_stack  = var.dual_stack
  }))

  iam_instance_profile {
    arn = aws_iam_instance_profile.this.arn
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required" # IMDSv2 only
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      encrypted             = true
      volume_size           = 12
      volume_type           = "gp3"
      delete_on_termination = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = local.group_name }
  }
}

resource "aws_autoscaling_group" "this" {
  name                  = local.group_name
  min_size              = local.min_now
  max_size              = local.max_now
  vpc_zone_identifier   = var.subnet_ids
  max_instance_lifetime = 2592000 # 30 days, so that each instance gets security updates at least monthly
  capacity_rebalance    = var.size.spot_percentage > 0
  enabled_metrics       = ["GroupInServiceInstances", "GroupDesiredCapacity", "GroupMaxSize", "WarmPoolWarmedCapacity"]

  default_instance_warmup   = 60
  health_check_grace_period = 600
  wait_for_capacity_timeout = "0" # Terraform does not wait; the alarms watch

  dynamic "launch_template" {
    for_each = var.size.spot_percentage == 0 ? [1] : []

    content {
      id      = aws_launch_template.this.id
      version = aws_launch_template.this.latest_version
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = var.size.spot_percentage > 0 ? [1] : []

    content {
      instances_distribution {
        on_demand_base_capacity                  = local.needed # The promised capacity does not depend on Spot
        on_demand_percentage_above_base_capacity = 100 - var.size.spot_percentage
        spot_allocation_strategy                 = "price-capacity-optimized"
      }

      launch_template {
        launch_template_specification {
          launch_template_id = aws_launch_template.this.id
          version            = aws_launch_template.this.latest_version
        }

        dynamic "override" {
          for_each = var.size.instance_types

          content {
            instance_type = override.value
          }
        }
      }
    }
  }

  dynamic "warm_pool" {
    for_each = var.size.warm_pool_size > 0 && var.release != null ? [1] : []

    content {
      pool_state = "Stopped"
      min_size   = var.size.warm_pool_size

      # A worker that goes to sleep stops and stays installed. It is not terminated.
      instance_reuse_policy {
        reuse_on_scale_in = var.size.sleeps
      }
    }
  }

  # In the group itself, so that the first instances have the hooks too.
  initial_lifecycle_hook {
    name                 = "launch"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_LAUNCHING"
    default_result       = "ABANDON" # Terminate an instance that never became healthy
    heartbeat_timeout    = 600
  }

  initial_lifecycle_hook {
    name                 = "terminate"
    lifecycle_transition = "autoscaling:EC2_INSTANCE_TERMINATING"
    default_result       = "CONTINUE"
    heartbeat_timeout    = 60 # A worker stops within 10 s
  }

  instance_refresh {
    strategy = "Rolling"

    preferences {
      min_healthy_percentage = 100 # New instances first
      max_healthy_percentage = 150
      instance_warmup        = 60
      skip_matching          = true
      auto_rollback          = true

      alarm_specification {
        alarms = [aws_cloudwatch_metric_alarm.no_completions.alarm_name]
      }
    }
  }

  tag {
    key                 = "Name"
    value               = local.group_name
    propagate_at_launch = true
  }

  lifecycle {
    ignore_changes = [desired_capacity] # Scaling policies and operators change it
  }
}

resource "aws_autoscaling_policy" "backlog" {
  count = local.max_size > local.awake_size ? 1 : 0

  name                   = "backlog"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    # The number of waiting pictures that one instance recognises within the accepted wait
    target_value = local.capacity.queue_seconds * local.images_per_second

    customized_metric_specification {
      metrics {
        id          = "backlog"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"

            dimensions {
              name  = "QueueName"
              value = var.task_queue_name
            }
          }
        }
      }

      metrics {
        id          = "instances"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "AWS/AutoScaling"
            metric_name = "GroupInServiceInstances"

            dimensions {
              name  = "AutoScalingGroupName"
              value = local.group_name
            }
          }
        }
      }

      metrics {
        id          = "backlog_per_instance"
        label       = "Waiting pictures an instance"
        expression  = "IF(instances > 0, backlog / instances, backlog)"
        return_data = true
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/spotter/${var.name}/worker"
  retention_in_days = var.log_days
}
