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
      names  = ["/spotter-prod/release/lambdas", "/spotter-prod/release/portal_host", "/spotter-prod/release/worker"]
      values = ["1a2b", "abc.execute-api.us-east-1.amazonaws.com", "3c4d"]
    }
  }

  assert {
    condition     = module.environment.worker_min_images_per_second / 2 >= 100 / 10
    error_message = "One of two zones must carry 100 users with an image each every ten seconds."
  }

  assert {
    condition     = module.environment.protected
    error_message = "Production must keep its data."
  }

  assert {
    condition     = module.environment.github_workflows == ["deploy"]
    error_message = "No role of production may run the code of a pull request."
  }
}
