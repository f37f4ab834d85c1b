# GitHub's workflows plan and deploy without a stored key. They authenticate with OIDC.

locals {
  issuer       = "token.actions.githubusercontent.com"
  provider_arn = var.create_provider ? aws_iam_openid_connect_provider.this[0].arn : "arn:aws:iam::${var.here.account_id}:oidc-provider/${local.issuer}"

  # A plan runs the code of the pull request. An environment that keeps people's data has no role for it.
  plans = var.plans_pull_requests ? { plan = "repo:${var.repository}:pull_request" } : {}

  roles = merge(local.plans, {
    # Only a job of this GitHub environment may deploy. The environment can require a reviewer.
    deploy = "repo:${var.repository}:environment:${var.environment}"
  })
}

resource "aws_iam_openid_connect_provider" "this" {
  count = var.create_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name                 = "${var.name}-github-${each.key}"
  max_session_duration = 3600

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"

      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = each.value
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = aws_iam_role.this

  role       = each.value.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key == "plan" ? "ReadOnlyAccess" : "PowerUserAccess"}"
}

# ReadOnlyAccess reads data too. A plan needs none of it but its own state.
resource "aws_iam_role_policy" "plan" {
  for_each = local.plans

  name = "no-data"
  role = aws_iam_role.this[each.key].name

  # A test plays it against the local AWS.
  policy = templatefile("${path.module}/files/no_data.json", {
    state_bucket_arn = "arn:aws:s3:::${var.name}-state-${var.here.account_id}"
    account_id       = var.here.account_id
  })
}

# PowerUserAccess does not include IAM. The deployer may change only roles with our prefix.
resource "aws_iam_role_policy" "deploy" {
  name = "own-roles"
  role = aws_iam_role.this["deploy"].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "OwnRoles"
        Effect = "Allow"
        Action = [
          "iam:AddRoleToInstanceProfile",
          "iam:AttachRolePolicy",
          "iam:CreateInstanceProfile",
          "iam:CreateRole",
          "iam:DeleteInstanceProfile",
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:GetInstanceProfile",
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:ListAttachedRolePolicies",
          "iam:ListInstanceProfilesForRole",
          "iam:ListRolePolicies",
          "iam:PassRole",
          "iam:PutRolePolicy",
          "iam:RemoveRoleFromInstanceProfile",
          "iam:TagInstanceProfile",
          "iam:TagRole",
          "iam:UpdateAssumeRolePolicy",
        ]
        Resource = [
          "arn:aws:iam::${var.here.account_id}:role/${var.name}-*",
          "arn:aws:iam::${var.here.account_id}:instance-profile/${var.name}-*",
        ]
      },
      {
        # It must not extend its own permissions or those of the other workflow
        Sid    = "NotItself"
        Effect = "Deny"
        Action = [
          "iam:AttachRolePolicy",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:PutRolePolicy",
          "iam:UpdateAssumeRolePolicy",
        ]
        Resource = "arn:aws:iam::${var.here.account_id}:role/${var.name}-github-*"
      },
    ]
  })
}
