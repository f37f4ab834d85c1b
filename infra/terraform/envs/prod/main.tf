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

# Where options.second_region is null, nothing uses it.
provider "aws" {
  alias  = "second"
  region = coalesce(try(var.options.second_region, null), var.region)

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

  providers = {
    aws        = aws
    aws.second = aws.second
  }

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
