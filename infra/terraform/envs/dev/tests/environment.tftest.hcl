# The environment after a release, planned with a provider that knows only the schema.
# tests/infra reads this plan too.

mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  alarm_emails = ["operators@example.com"]
  options      = { github_repository = "owner/spotter" }
}

run "released" {
  command = plan

  override_data {
    target          = module.environment.data.aws_ssm_parameters_by_path.release
    override_during = plan

    values = {
      names  = ["/spotter-dev/release/lambdas", "/spotter-dev/release/portal_host", "/spotter-dev/release/worker"]
      values = ["1a2b", "abc.execute-api.us-east-1.amazonaws.com", "3c4d"]
    }
  }

  assert {
    condition     = module.environment.worker_min_images_per_second >= 10 / 10
    error_message = "The smallest group must carry ten users."
  }

  assert {
    condition     = !module.environment.protected
    error_message = "`make destroy` must work for a trial."
  }

  assert {
    condition     = module.environment.github_workflows == ["deploy", "plan"]
    error_message = "A pull request must be planned somewhere."
  }
}
