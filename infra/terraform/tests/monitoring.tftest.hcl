mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here                   = { account_id = "123456789012", region = "us-east-1" }
  name                   = "spotter-test"
  api_name               = "api"
  task_queue_name        = "tasks"
  dead_letter_queue_name = "tasks-dlq"
  worker_group_name      = "workers"
  log_group_names        = ["/spotter/test/worker", "/aws/lambda/upload"]
  start_seconds          = 0
  error_budgets          = true
  alarm_topic_arn        = "arn:aws:sns:us-east-1:123456789012:alarms"
}

run "monitoring" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition     = abs(aws_cloudwatch_metric_alarm.burn["availability-fast-long"].threshold - 0.0144) < 0.000001 && abs(aws_cloudwatch_metric_alarm.burn["latency-slow-long"].threshold - 0.006) < 0.000001
    error_message = "An objective of 99.9 % leaves an error budget of 0.1 %. The alarms must fire at 14.4 and 6 times that rate."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.burn) == 8 && length(aws_cloudwatch_composite_alarm.burn) == 4
    error_message = "There must be an alarm for each of two objectives, two burn rates and two windows."
  }

  assert {
    condition     = aws_cloudwatch_composite_alarm.burn["latency-fast"].alarm_rule == "ALARM(\"spotter-test-slo-latency-fast-long\") AND ALARM(\"spotter-test-slo-latency-fast-short\")"
    error_message = "A composite alarm must require both of its windows."
  }

  assert {
    condition     = alltrue([for it in aws_cloudwatch_composite_alarm.burn : it.alarm_actions == toset([var.alarm_topic_arn])])
    error_message = "The composite alarms must reach the operators."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 9
    error_message = "The dashboard must show the objectives and eight graphs."
  }

  assert {
    condition     = endswith(output.logs_url, "filter*20task_id*20*3D*20*27{task_id}*27*20*7C*20sort*20*40timestamp~source~(~'*2Fspotter*2Ftest*2Fworker~'*2Faws*2Flambda*2Fupload))")
    error_message = "The link to the logs must contain the placeholder that the portal replaces with the task's id."
  }
}

run "rejects_an_objective_in_percent" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    objective = 99.9
  }

  expect_failures = [var.objective]
}

run "budget" {
  command = plan

  module {
    source = "./modules/budget"
  }

  variables {
    usd_a_month = 100
    here        = { account_id = "123456789012", region = "us-east-1" }
    own_alarm   = true
    key_arn     = "arn:aws:kms:us-east-1:123456789012:key/alarms"
    close       = { name = "spotter-test-close", arn = "arn:aws:lambda:us-east-1:123456789012:function:spotter-test-close" }
  }

  assert {
    condition     = [for it in aws_budgets_budget.this.notification : it.threshold if it.notification_type == "ACTUAL" && it.subscriber_sns_topic_arns == toset([aws_sns_topic.spent.arn])] == [100]
    error_message = "Only the notice of 100 % may close uploads and sign-up."
  }

  assert {
    condition     = aws_sns_topic_subscription.close.endpoint == var.close.arn && aws_lambda_permission.close.function_name == var.close.name
    error_message = "When the sum is spent, the doors must close without an operator."
  }

  assert {
    condition     = aws_sns_topic.spent.kms_master_key_id == var.key_arn
    error_message = "The notice must be encrypted where alarms are."
  }

  assert {
    condition     = length([for it in aws_budgets_budget.this.notification : it if it.subscriber_sns_topic_arns == toset([var.alarm_topic_arn])]) == 2
    error_message = "Operators must be notified at 80 % and when 100 % is forecast."
  }
}

run "of_a_fleet_that_sleeps" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    start_seconds = 156
  }

  assert {
    condition     = alltrue([for it in aws_cloudwatch_metric_alarm.burn["latency-fast-long"].metric_query : one(it.metric).stat == "PR(:166)" if it.id == "good"])
    error_message = "The start of a worker must count as in time."
  }
}

run "without_error_budgets" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    error_budgets = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.burn) + length(aws_cloudwatch_composite_alarm.burn) == 0 && length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 8
    error_message = "There must be no alarms of alarms, and the dashboard must not name any."
  }
}
