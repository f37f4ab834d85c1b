# What makes this environment different from the others.

locals {
  environment = "dev"

  settings = {
    protected            = false # `make destroy` takes everything away
    owns_account         = true  # Of two environments in one account only one sets account-wide things
    egress               = "nat"
    cognito_tier         = "ESSENTIALS"
    log_days             = 14
    requests_per_second  = 50
    requests_per_address = null # No WAF
    monthly_budget_usd   = 100
    reserved_concurrency = {} # A fresh account has none to give
    user_limits          = {} # The defaults of the code; for example { MAX_IN_FLIGHT = 200 }

    workers = {
      concurrent_users  = 10
      survive_zone_loss = false
      max_size          = 2
      instance_types    = ["t4g.small", "t4g.medium"]
      vcpus             = 2
      spot_percentage   = 100
      warm_pool_size    = 0
    }
  }
}
