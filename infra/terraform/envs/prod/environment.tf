# What makes this environment different from the others.

locals {
  environment = "prod"

  settings = {
    protected            = true # Tables, pictures and users survive a slip of the hand
    owns_account         = true # Of two environments in one account only one sets account-wide things
    egress               = "endpoints"
    cognito_tier         = "ESSENTIALS"
    log_days             = 90
    requests_per_second  = 200 # 100 users who poll twice a second
    requests_per_address = 6000
    monthly_budget_usd   = 400
    reserved_concurrency = { sweep = 1, uploaded = 50 }
    user_limits          = {} # The defaults of the code; for example { MAX_IN_FLIGHT = 200 }

    workers = {
      concurrent_users  = 100
      survive_zone_loss = true
      max_size          = 10
      instance_types    = ["c7g.large"]
      vcpus             = 2
      spot_percentage   = 0
      warm_pool_size    = 2
    }
  }
}
