# Permissions of a worker instance.

resource "aws_iam_instance_profile" "this" {
  name = local.group_name
  role = aws_iam_role.this.name
}

resource "aws_iam_role" "this" {
  name = local.group_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# The calls of the code. The local system uses the same document.
resource "aws_iam_role_policy" "worker" {
  name   = "worker"
  role   = aws_iam_role.this.id
  policy = var.policy
}

resource "aws_iam_role_policy" "instance" {
  #checkov:skip=CKV_AWS_290:Session Manager needs its actions on all resources, as AWS's own policy grants them
  #checkov:skip=CKV_AWS_355:The same
  name = "instance"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "FetchRelease"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = [for prefix in ["worker", "weights"] : "${var.artefacts_bucket_arn}/${prefix}/*"]
      },
      {
        Sid      = "TellAutoScaling"
        Effect   = "Allow"
        Action   = ["autoscaling:CompleteLifecycleAction", "autoscaling:SetInstanceHealth"]
        Resource = "arn:aws:autoscaling:${var.here.region}:${var.here.account_id}:autoScalingGroup:*:autoScalingGroupName/${local.group_name}"
      },
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        Resource = "${aws_cloudwatch_log_group.this.arn}:*"
      },
      {
        # The least that Session Manager needs for a shell without SSH. AWS has no resources for it
        Sid    = "SessionManager"
        Effect = "Allow"
        Action = [
          "ssm:UpdateInstanceInformation",
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ]
        Resource = "*"
      },
    ]
  })
}
