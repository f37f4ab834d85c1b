# A whole environment, planned with a provider that knows only the schema.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  environment  = "test"
  alarm_emails = ["operators@example.com"]
  options      = {}

  settings = {
    protected            = false
    owns_account         = true
    egress               = "endpoints"
    cognito_tier         = "ESSENTIALS"
    log_days             = 30
    requests_per_second  = 50
    requests_per_address = null
    detailed_monitoring  = true
    own_keys             = true
    monthly_budget_usd   = 100
    reserved_concurrency = { sweep = 1, uploaded = 10 }
    account_concurrency  = 10
    user_limits          = {}

    workers = {
      concurrent_users  = 10
      survive_zone_loss = false
      max_size          = 2
      instance_types    = ["t4g.small"]
      vcpus             = 2
      spot_percentage   = 0
      warm_pool_size    = 0
      sleeps            = false
    }
  }
}

run "before_the_first_deploy" {
  command = plan

  module {
    source = "./modules/environment"
  }

  assert {
    condition     = output.page_url == "https://mock.cloudfront.net" && output.api_url == "https://mockapi.execute-api.us-east-1.amazonaws.com/v1" && output.machine_api_url == null
    error_message = "The first apply must need no release and no domain."
  }

  assert {
    condition     = local.release == { lambdas = null, worker = null }
    error_message = "Before the first deploy there must be no release."
  }
}

run "a_new_account_reserves_nothing" {
  command = plan

  module {
    source = "./modules/environment"
  }

  variables {
    options = { account_concurrency = 110 }
  }

  assert {
    condition     = length(local.reserved_concurrency) == 0
    error_message = "AWS refuses a reservation that leaves less than 100 for the other functions."
  }
}

run "a_large_account_reserves" {
  command = plan

  module {
    source = "./modules/environment"
  }

  variables {
    options = { account_concurrency = 111 }
  }

  assert {
    condition     = local.reserved_concurrency["uploaded"] == 10 && local.reserved_concurrency["sweep"] == 1
    error_message = "With enough concurrency the functions that no gateway throttles must be limited."
  }
}

run "released" {
  command = plan

  module {
    source = "./modules/environment"
  }

  override_data {
    target          = data.aws_ssm_parameters_by_path.release
    override_during = plan

    values = {
      names  = ["/spotter-test/release/lambdas", "/spotter-test/release/portal_host", "/spotter-test/release/worker"]
      values = ["1a2b", "abc.execute-api.us-east-1.amazonaws.com", "3c4d"]
    }
  }

  assert {
    condition     = local.release == { lambdas = "1a2b", worker = "3c4d" }
    error_message = "The released packages must run."
  }

  assert {
    condition     = output.portal.environment.PORTAL_URL == output.portal_url && output.page.config.apiUrl == output.api_url
    error_message = "Page and portal must know the addresses."
  }
}

run "with_everything" {
  command = plan

  module {
    source = "./modules/environment"
  }

  variables {
    options = {
      domain            = { name = "spotter.example", zone_id = "Z1" }
      machine_clients   = ["importer"]
      github_repository = "owner/spotter"
    }
  }

  assert {
    condition     = output.page_url == "https://spotter.example" && output.api_url == "https://api.spotter.example/v1" && output.portal_url == "https://portal.spotter.example" && output.machine_api_url == "https://machine-api.spotter.example/v1"
    error_message = "Everything must answer at its own domain."
  }
}

run "stack_of_a_release" {
  command = plan

  module {
    source = "./modules/stack"
  }

  variables {
    name        = "spotter-test-eu-west-1"
    here        = { account_id = "123456789012", region = "eu-west-1" }
    release     = { lambdas = "1a2b", worker = "3c4d" }
    tables      = { for it in ["connections", "deliveries", "exports", "streams", "tasks", "webhooks", "words"] : it => { name = it, arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/${it}", stream_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/${it}/stream/1" } }
    user_pool   = { arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_mock", keys_client_id = "keys-client" }
    spa_origin  = "https://spotter.example"
    domains     = {}
    machine_api = true
  }

  assert {
    condition     = local.code.key == "lambdas/1a2b.zip" && local.worker_release.sha256 == "3c4d"
    error_message = "A stack must run the release that it is given."
  }

  assert {
    condition     = local.arns.worker_group_arn == "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/spotter-test-eu-west-1-workers"
    error_message = "A stack must name resources of its own region only."
  }

  assert {
    condition     = output.images_bucket == "spotter-test-eu-west-1-images-123456789012" && output.machine_api_url != null
    error_message = "Names must differ between regions."
  }
}

run "stack_before_the_first_deploy" {
  command = plan

  module {
    source = "./modules/stack"
  }

  variables {
    name        = "spotter-test"
    here        = { account_id = "123456789012", region = "us-east-1" }
    release     = { lambdas = null, worker = null }
    tables      = { for it in ["connections", "deliveries", "exports", "streams", "tasks", "webhooks", "words"] : it => { name = it, arn = "arn:aws:dynamodb:us-east-1:123456789012:table/${it}", stream_arn = "arn:aws:dynamodb:us-east-1:123456789012:table/${it}/stream/1" } }
    user_pool   = { arn = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_mock", keys_client_id = "keys-client" }
    spa_origin  = "https://spotter.example"
    domains     = {}
    machine_api = false
  }

  assert {
    condition     = local.worker_release == null && endswith(local.code.key, "before-first-deploy.zip")
    error_message = "Functions must have a package before the first deploy."
  }
}

run "two_regions_need_a_domain" {
  command = plan

  module {
    source = "./modules/environment"
  }

  variables {
    options = { second_region = "eu-west-1" }
  }

  expect_failures = [var.options]
}

run "strongly_consistent_tables" {
  command = plan

  module {
    source = "./modules/tables"
  }

  variables {
    name                = "spotter-test"
    deletion_protection = true
    replica_regions     = ["us-east-2"]
    consistency         = "STRONG"
    witness_region      = "us-west-2"
    tables              = { tasks = { hash_key = "task_id", ttl = "expires_at", attributes = { task_id = "S" }, indexes = {} }, words = { hash_key = "id", ttl = "expires_at", regional = true, attributes = { id = "S" }, indexes = {} } }
  }

  assert {
    condition     = length(aws_dynamodb_table.this["tasks"].ttl) == 0 && one(aws_dynamodb_table.this["tasks"].replica).consistency_mode == "STRONG" && one(aws_dynamodb_table.this["tasks"].global_table_witness).region_name == "us-west-2"
    error_message = "Strongly consistent tables have a witness, and AWS gives them no time to live."
  }

  assert {
    condition     = length(aws_dynamodb_table.this["words"].replica) == 0 && length(aws_dynamodb_table.this["words"].ttl) == 1 && !aws_dynamodb_table.this["words"].stream_enabled
    error_message = "A region's own table must stay as it is."
  }
}

run "a_witness_needs_two_strong_regions" {
  command = plan

  module {
    source = "./modules/tables"
  }

  variables {
    name                = "spotter-test"
    deletion_protection = true
    replica_regions     = ["us-east-2"]
    consistency         = "STRONG"
    tables              = {}
  }

  expect_failures = [var.witness_region]
}
