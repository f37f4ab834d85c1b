# Production in two regions, planned with providers that know only the schema.
# tests/infra reads the plan of `two_regions` too.

mock_provider "aws" {
  source          = "../../tests/mocks"
  override_during = plan
}

mock_provider "aws" {
  alias           = "second"
  source          = "../../tests/mocks"
  override_during = plan

  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }
}

variables {
  alarm_emails = ["operators@example.com"]

  options = {
    domain         = { name = "spotter.example", zone_id = "Z1" }
    second_region  = "eu-west-1"
    second_workers = { concurrent_users = 40 }
  }
}

run "two_regions" {
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
    condition     = module.environment.api_url == "https://api.spotter.example/v1" && module.second_region[0].api_url == module.environment.api_url
    error_message = "Both regions must answer to one name."
  }

  assert {
    condition     = module.environment.second_region.region_of_several.peer_health_urls == ["https://us-east-1.api.spotter.example/v1/health"]
    error_message = "Each region must ask the other one."
  }

  assert {
    condition     = module.environment.second_region.settings.workers.concurrent_users == 40 && module.environment.second_region.settings.workers.max_size == 10
    error_message = "The workers of the second region differ only as they are told."
  }

  assert {
    condition     = sort(keys(module.environment.second_region.replicas)) == tolist(["answers", "audit", "deliveries", "operators", "runs", "sessions", "tasks", "webhooks"]) && sort(keys(module.environment.second_region.own_tables)) == tolist(["connections", "exports", "streams", "words"])
    error_message = "A table is either shared by the regions or each region's own."
  }

  assert {
    condition     = module.environment.takeover["eu-west-1"].REGIONS == "us-east-1,eu-west-1" && module.environment.takeover["eu-west-1"].IMAGES_BUCKET == "spotter-prod-eu-west-1-images-123456789012" && module.environment.takeover["eu-west-1"].PAGE_BUCKET == "spotter-prod-eu-west-1-page-123456789012"
    error_message = "A take-over must run with what the living region has."
  }

  assert {
    condition     = module.environment.artefacts_buckets == { us-east-1 = "spotter-prod-artefacts-123456789012", eu-west-1 = "spotter-prod-eu-west-1-artefacts-123456789012" }
    error_message = "Each region must have its own packages."
  }
}
