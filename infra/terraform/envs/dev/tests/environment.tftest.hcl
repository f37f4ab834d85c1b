# The whole environment, planned with a provider that only knows the schema.

mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

variables {
  alarm_emails = ["operators@example.com"]
}

run "before_the_first_deploy" {
  command = plan

  assert {
    condition     = output.page_url == "https://mock.cloudfront.net" && output.api_url == "https://mockapi.execute-api.us-east-1.amazonaws.com/v1"
    error_message = "The first apply needs no release and no domain."
  }

  assert {
    condition     = local.release.worker == null && endswith(local.release.lambdas.key, "before-first-deploy.zip")
    error_message = "There is no release yet."
  }
}

run "released" {
  command = plan

  override_data {
    target          = data.aws_ssm_parameters_by_path.release
    override_during = plan

    values = {
      names  = ["/spotter-dev/release/lambdas", "/spotter-dev/release/portal_host", "/spotter-dev/release/worker"]
      values = ["1a2b", "abc.execute-api.us-east-1.amazonaws.com", "3c4d"]
    }
  }

  assert {
    condition     = endswith(local.release.lambdas.key, "/1a2b.zip") && local.release.worker.sha256 == "3c4d"
    error_message = "What was released runs."
  }

  assert {
    condition     = output.worker_min_images_per_second >= 10 / 10
    error_message = "The smallest group must carry ten users."
  }

  assert {
    condition     = output.portal.environment.PORTAL_URL == output.portal_url && output.page.config.apiUrl == output.api_url
    error_message = "Page and portal are told where things are."
  }
}

run "disposable" {
  command = plan

  assert {
    condition     = !local.settings.protected && local.settings.requests_per_address == null
    error_message = "A trial goes away without a trace, and costs little."
  }
}

run "with_everything" {
  command = plan

  variables {
    domain            = { name = "spotter.example", zone_id = "Z1" }
    machine_clients   = ["importer"]
    github_repository = "owner/spotter"
  }

  assert {
    condition     = output.page_url == "https://spotter.example" && output.api_url == "https://api.spotter.example/v1" && output.portal_url == "https://portal.spotter.example" && output.machine_api_url == "https://machine-api.spotter.example/v1"
    error_message = "Everything answers at its own domain."
  }
}
