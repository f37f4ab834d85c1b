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
    condition = alltrue([for it in jsondecode(aws_iam_role_policy.deploy.policy).Statement :
    alltrue([for resource in flatten([it.Resource]) : strcontains(resource, "/spotter-test-")])])
    error_message = "The role for deploys must create roles with our name only."
  }
}
