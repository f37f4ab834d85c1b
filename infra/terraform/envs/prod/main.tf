# The environment "prod". Everything that is the same in every environment is in modules/environment.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # `make deploy` creates the bucket and passes its name. The lock is an object beside the state.
  backend "s3" {
    key          = "terraform.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "spotter"
      Environment = "prod"
    }
  }
}

# Where options.second_region is not set, nothing uses it.
provider "aws" {
  alias  = "second"
  region = try(coalesce(var.options.second_region), var.region)

  default_tags {
    tags = {
      Project     = "spotter"
      Environment = "prod"
    }
  }
}

module "environment" {
  source       = "../../modules/environment"
  environment  = "prod"
  alarm_emails = var.alarm_emails
  options      = var.options

  second_live_origin      = try(module.second_region[0].live_origin, null)
  second_alarm_topic_arn  = try(module.second_region[0].alarm_topic_arn, null)
  second_images           = try(module.second_region[0].images, null)
  second_page             = try(module.second_region[0].page, null)
  second_artefacts_bucket = try(module.second_region[0].artefacts_bucket, null)
  second_task_queue_url   = try(module.second_region[0].task_queue_url, null)

  settings = {
    protected            = true
    owns_account         = true
    egress               = "endpoints"
    cognito_tier         = "ESSENTIALS"
    log_days             = 90
    requests_per_second  = 200 # 100 users who poll twice a second
    requests_per_address = 6000
    detailed_monitoring  = true
    own_keys             = true
    monthly_budget_usd   = 400
    reserved_concurrency = { sweep = 1, uploaded = 50 }
    account_concurrency  = 1000 # AWS's default. A new account has ten: ask for more before the first deploy
    user_limits          = {}

    workers = {
      concurrent_users  = 100
      survive_zone_loss = true
      max_size          = 10 # The plan needs 2 with the measured core; nobody has measured Graviton's
      instance_types    = ["c7g.large"]
      vcpus             = 2
      spot_percentage   = 0
      warm_pool_size    = 2
      sleeps            = false
    }
  }
}

# The whole system again, in options.second_region: docs/regions.md
module "second_region" {
  source    = "../../modules/second_region"
  count     = try(var.options.second_region, null) == null ? 0 : 1
  providers = { aws = aws.second }

  base             = module.environment.second_region
  spa_origin       = module.environment.page_url
  distribution_arn = module.environment.distribution_arn
  alarm_emails     = var.alarm_emails
}

variable "region" {
  description = "AWS region"
  type        = string
  default     = "us-east-1"
}

variable "alarm_emails" {
  description = "E-mail addresses that receive the alarms"
  type        = list(string)
}

variable "options" {
  description = "A domain and more; modules/environment/variables.tf describes each"
  type        = any
  default     = {}
}

output "environment" {
  description = "What `make deploy` needs"
  value       = module.environment
  sensitive   = true # It holds the client secret of the portal's sign-in
}
