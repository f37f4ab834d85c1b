"""Where Spotter runs: AWS by Terraform, this machine by `infra.local`."""
