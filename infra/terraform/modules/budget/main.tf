# Tells operators before the bill does: a flood of pictures, or an environment that was forgotten.

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.usd_a_month)
  limit_unit   = "USD"

  # At 80 % spent, and when 100 % is forecast. What to do: docs/runbooks/budget.md
  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }

    content {
      notification_type         = notification.key
      threshold                 = notification.value
      threshold_type            = "PERCENTAGE"
      comparison_operator       = "GREATER_THAN"
      subscriber_sns_topic_arns = [var.alarm_topic_arn]
    }
  }
}

# At 100 % spent, AWS attaches this policy to the roles of the functions that store, show and queue
# pictures. Uploads answer 503 `uploads_closed`, and signed addresses show nothing. AWS detaches it at
# the start of the next month; operators can do it sooner. How: docs/runbooks/budget.md
resource "aws_iam_policy" "closed" {
  name        = "${var.name}-closed"
  description = "No picture is stored, shown or queued: the month's budget is spent"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Deny"
      Action   = ["dynamodb:PutItem", "s3:GetObject", "s3:PutObject", "sqs:SendMessage"]
      Resource = "*" # A denial has no exceptions
    }]
  })
}

resource "aws_budgets_budget_action" "close" {
  budget_name        = aws_budgets_budget.this.name
  action_type        = "APPLY_IAM_POLICY"
  approval_model     = "AUTOMATIC"
  notification_type  = "ACTUAL"
  execution_role_arn = aws_iam_role.close.arn

  action_threshold {
    action_threshold_type  = "PERCENTAGE"
    action_threshold_value = 100
  }

  definition {
    iam_action_definition {
      policy_arn = aws_iam_policy.closed.arn
      roles      = var.closed_role_names
    }
  }

  subscriber {
    subscription_type = "SNS"
    address           = var.alarm_topic_arn
  }
}

resource "aws_iam_role" "close" {
  name = "${var.name}-close"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "budgets.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.here.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "close" {
  name = "attach-closed"
  role = aws_iam_role.close.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
      Resource  = [for name in var.closed_role_names : "arn:aws:iam::${var.here.account_id}:role/${name}"]
      Condition = { ArnEquals = { "iam:PolicyARN" = "arn:aws:iam::${var.here.account_id}:policy/${var.name}-closed" } }
    }]
  })
}
