mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "github" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    here            = { account_id = "123456789012", region = "us-east-1" }
    name            = "spotter-test"
    repository      = "owner/spotter"
    environment     = "test"
    create_provider = true

    plans_pull_requests = true
  }

  assert {
    condition     = jsondecode(aws_iam_role.this["deploy"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:owner/spotter:environment:test"
    error_message = "Only a job of the GitHub environment must be able to deploy."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.this["plan"].policy_arn == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    error_message = "The role for plans must not change anything."
  }

  assert {
    condition = length(setsubtract(
      ["s3:GetObject", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "cognito-idp:ListUsers", "secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt", "logs:GetLogEvents", "logs:StartQuery", "sqs:ReceiveMessage"],
      flatten([for it in jsondecode(aws_iam_role_policy.plan["plan"].policy).Statement : it.Action if it.Effect == "Deny"]),
    )) == 0
    error_message = "The role for plans must read no object, item, user, secret, message or log."
  }

  assert {
    condition = alltrue([for it in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
    alltrue([for resource in flatten([it.Resource]) : strcontains(resource, "/spotter-test-")])])
    error_message = "The role for deploys must create roles with our name only."
  }
}

run "github_with_data" {
  command = plan

  module {
    source = "./modules/github"
  }

  variables {
    here            = { account_id = "123456789012", region = "us-east-1" }
    name            = "spotter-test"
    repository      = "owner/spotter"
    environment     = "test"
    create_provider = true

    plans_pull_requests = false
  }

  assert {
    condition     = keys(aws_iam_role.this) == ["deploy"] && length(aws_iam_role_policy.plan) == 0
    error_message = "A pull request must have no role where people's data is."
  }
}
