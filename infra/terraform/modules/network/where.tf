# The account and region that we are in.

data "aws_region" "this" {}

locals {
  region = data.aws_region.this.region
}
