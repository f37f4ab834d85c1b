mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here                 = { account_id = "123456789012", region = "us-east-1" }
  name                 = "spotter-test"
  subnet_ids           = ["subnet-1", "subnet-2"]
  security_group_id    = "sg-1"
  artefacts_bucket_arn = "arn:aws:s3:::artefacts"
  policy               = "{}"
  environment          = { TASKS_TABLE = "tasks" }
  task_queue_name      = "tasks"
  dual_stack           = false
  log_days             = 30
  alarm_topic_arn      = "arn:aws:sns:us-east-1:123456789012:alarms"

  release = {
    bucket = "artefacts"
    key    = "worker/abc.tar.gz"
    sha256 = "abc"
  }

  size = {
    concurrent_users  = 100
    survive_zone_loss = true
    max_size          = 10
    instance_types    = ["c7g.large"]
    vcpus             = 2
    spot_percentage   = 0
    warm_pool_size    = 2
    sleeps            = false
  }
}

run "on_demand_with_warm_pool" {
  command = plan

  module {
    source = "./modules/workers"
  }

  assert {
    # 100 users with an image each every 10 s, at the measured rate, on the zones that are left
    condition = (
      aws_autoscaling_group.this.min_size * (1 - 1 / length(var.subnet_ids)) * var.size.vcpus
      * jsondecode(file("./capacity.json")).images_per_second_per_vcpu >= 100 / 10
    )
    error_message = "The minimum must carry 100 users after losing a zone."
  }

  assert {
    condition     = aws_autoscaling_group.this.max_size == 10
    error_message = "The group must not grow beyond ten instances."
  }

  assert {
    condition = (
      aws_launch_template.this.metadata_options[0].http_tokens == "required"
      && aws_launch_template.this.metadata_options[0].http_put_response_hop_limit == 1
    )
    error_message = "IMDSv1 must be off."
  }

  assert {
    condition     = one(one(aws_launch_template.this.block_device_mappings).ebs).encrypted == "true"
    error_message = "Disks must be encrypted."
  }

  assert {
    condition = (
      strcontains(base64decode(aws_launch_template.this.user_data), "s3://artefacts/worker/abc.tar.gz")
      && strcontains(base64decode(aws_launch_template.this.user_data), "echo 'abc  /opt/spotter/release.tar.gz' | sha256sum --check")
      && strcontains(base64decode(aws_launch_template.this.user_data), "\nTASKS_TABLE=tasks\n")
    )
    error_message = "An instance must check the hash of the release before it runs it."
  }

  assert {
    condition = (
      one(aws_autoscaling_policy.backlog[0].target_tracking_configuration).target_value
      == 5 * var.size.vcpus * jsondecode(file("./capacity.json")).images_per_second_per_vcpu
      && anytrue([for it in one(one(aws_autoscaling_policy.backlog[0].target_tracking_configuration).customized_metric_specification).metrics : it.return_data && strcontains(coalesce(it.expression, "-"), "backlog / instances")])
    )
    error_message = "The target must be the number of pictures that one instance recognises in five seconds."
  }

  assert {
    condition     = length(aws_autoscaling_group.this.warm_pool) == 1 && length(aws_autoscaling_group.this.mixed_instances_policy) == 0
    error_message = "Without Spot there must be a warm pool."
  }

  assert {
    condition = alltrue([for it in aws_autoscaling_group.this.initial_lifecycle_hook :
    it.lifecycle_transition == "autoscaling:EC2_INSTANCE_LAUNCHING" ? it.default_result == "ABANDON" : it.default_result == "CONTINUE"]) && length(aws_autoscaling_group.this.initial_lifecycle_hook) == 2
    error_message = "An instance must enter service when it is healthy, and end after it has given back its messages."
  }

  assert {
    condition = (
      one(one(aws_autoscaling_group.this.instance_refresh).preferences).auto_rollback
      && one(one(aws_autoscaling_group.this.instance_refresh).preferences).min_healthy_percentage == 100
      && one(one(one(aws_autoscaling_group.this.instance_refresh).preferences).alarm_specification).alarms == tolist(["spotter-test-no-completions"])
    )
    error_message = "A bad release must be rolled back, and a good one must not reduce the capacity."
  }

  assert {
    condition     = strcontains(one([for it in aws_cloudwatch_metric_alarm.no_completions.metric_query : it.expression if it.return_data == true]), "depth > 0 AND")
    error_message = "Waiting pictures without a finished one must raise an alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.missing.threshold == aws_autoscaling_group.this.min_size
    error_message = "Fewer workers than the promise needs must raise an alarm."
  }

  assert {
    condition = alltrue([for it in jsondecode(aws_iam_role_policy.instance.policy).Statement :
    it.Sid == "SessionManager" || !contains(flatten([it.Resource]), "*")])
    error_message = "Only the actions of Session Manager may name no resource."
  }
}

run "spot" {
  command = plan

  module {
    source = "./modules/workers"
  }

  variables {
    size = {
      concurrent_users  = 10
      survive_zone_loss = false
      max_size          = 4
      instance_types    = ["t4g.small", "t4g.medium"]
      vcpus             = 2
      spot_percentage   = 100
      warm_pool_size    = 0
      sleeps            = false
    }
  }

  assert {
    condition = (
      aws_autoscaling_group.this.min_size == 1
      && one(one(aws_autoscaling_group.this.mixed_instances_policy).instances_distribution).on_demand_base_capacity == 1
      && one(one(aws_autoscaling_group.this.mixed_instances_policy).instances_distribution).on_demand_percentage_above_base_capacity == 0
      && length(one(one(aws_autoscaling_group.this.mixed_instances_policy).launch_template).override) == 2
    )
    error_message = "The promised capacity must be On-Demand, and the rest Spot of several types."
  }

  assert {
    condition     = aws_autoscaling_group.this.capacity_rebalance && length(aws_autoscaling_group.this.launch_template) == 0
    error_message = "A Spot instance must be replaced before it ends."
  }
}

run "asleep" {
  command = plan

  module {
    source = "./modules/workers"
  }

  variables {
    dual_stack = true

    size = {
      concurrent_users  = 10
      survive_zone_loss = false
      max_size          = 1
      instance_types    = ["t4g.small"]
      vcpus             = 2
      spot_percentage   = 0
      warm_pool_size    = 1
      sleeps            = true
    }
  }

  assert {
    condition     = aws_autoscaling_group.this.min_size == 0 && aws_autoscaling_group.this.max_size == 1 && output.min_images_per_second >= 10 / 10
    error_message = "A sleeping fleet must be empty, and an awake one must carry ten users."
  }

  assert {
    condition = (
      one(aws_autoscaling_policy.sleep["wake"].step_adjustment).scaling_adjustment == 1
      && one(aws_autoscaling_policy.sleep["sleep"].step_adjustment).scaling_adjustment == 0
      && alltrue([for it in aws_autoscaling_policy.sleep : it.adjustment_type == "ExactCapacity" && it.policy_type == "StepScaling"])
      && length(aws_autoscaling_policy.backlog) == 0
    )
    error_message = "The first waiting picture must start the fleet, and quiet must end it."
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.sleep["wake"].evaluation_periods == 1
      && aws_cloudwatch_metric_alarm.sleep["sleep"].evaluation_periods == 15
      && one([for it in aws_cloudwatch_metric_alarm.sleep["wake"].metric_query : it.expression if it.return_data == true]) == "IF(FILL(wanted, 0) == 0, waiting, 0)"
      && length(aws_cloudwatch_metric_alarm.sleep["wake"].metric_query) == 3
      && length(aws_cloudwatch_metric_alarm.sleep["sleep"].metric_query) == 4
    )
    error_message = "A picture must wake the fleet within a minute; 15 quiet minutes of an awake fleet must end it."
  }

  assert {
    condition     = one(one(aws_autoscaling_group.this.warm_pool).instance_reuse_policy).reuse_on_scale_in
    error_message = "A worker that goes to sleep must stay installed."
  }

  assert {
    condition     = output.start_seconds == 120 + 36 && aws_cloudwatch_metric_alarm.no_completions.evaluation_periods == 6
    error_message = "Alarms must allow for the start of a worker."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.missing.metric_query) == 3 && aws_cloudwatch_metric_alarm.missing.threshold == 0 && aws_cloudwatch_metric_alarm.missing.treat_missing_data == "notBreaching"
    error_message = "A fleet that is asleep must not count as missing."
  }

  assert {
    condition     = strcontains(base64decode(aws_launch_template.this.user_data), "\nAWS_USE_DUALSTACK_ENDPOINT=true\n") && strcontains(base64decode(aws_launch_template.this.user_data), "UseDualStackEndpoint")
    error_message = "Workers whose way out is IPv6 must call the dual-stack endpoints."
  }
}

run "asleep_without_a_warm_pool" {
  command = plan

  module {
    source = "./modules/workers"
  }

  variables {
    size = {
      concurrent_users  = 10
      survive_zone_loss = false
      max_size          = 4
      instance_types    = ["t4g.small"]
      vcpus             = 2
      spot_percentage   = 0
      warm_pool_size    = 0
      sleeps            = true
    }
  }

  assert {
    condition     = output.start_seconds == 120 + 243 && length(aws_autoscaling_policy.backlog) == 1
    error_message = "Without a warm pool the start takes longer. A larger group must still follow its backlog."
  }
}

run "before_the_first_deploy" {
  command = plan

  module {
    source = "./modules/workers"
  }

  variables {
    release = null
  }

  assert {
    condition     = aws_autoscaling_group.this.min_size == 0 && aws_autoscaling_group.this.max_size == 0 && length(aws_autoscaling_group.this.warm_pool) == 0
    error_message = "Before the first deploy the group must be empty."
  }
}

run "rejects_spot_with_a_warm_pool" {
  command = plan

  module {
    source = "./modules/workers"
  }

  variables {
    size = {
      concurrent_users  = 10
      survive_zone_loss = false
      max_size          = 4
      instance_types    = ["t4g.small"]
      vcpus             = 2
      spot_percentage   = 50
      warm_pool_size    = 1
      sleeps            = false
    }
  }

  expect_failures = [var.size]
}

run "rekognition_is_off_unless_somebody_turns_it_on" {
  command = plan

  module {
    source = "./modules/workers"
  }

  assert {
    condition     = length(aws_iam_role_policy.rekognition) == 0 && length(aws_cloudwatch_metric_alarm.rekognition_budget) == 0
    error_message = "A worker must not be allowed to spend money by default."
  }
}

run "rekognition_is_on" {
  command = plan

  module {
    source = "./modules/workers"
  }

  variables {
    asks_rekognition = true
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.rekognition[0].policy).Statement[0].Action == ["rekognition:DetectLabels", "rekognition:DetectModerationLabels", "rekognition:DetectText"]
    error_message = "The worker must be allowed exactly the calls that it makes."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.rekognition_budget[0].dimensions == tomap({ Reason = "budget_spent" }) && endswith(aws_cloudwatch_metric_alarm.rekognition_budget[0].alarm_description, "docs/runbooks/rekognition-budget.md")
    error_message = "A spent budget must be told, with its runbook."
  }
}
