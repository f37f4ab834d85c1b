# The requests that the endpoints let through. A worker that hostile bytes took over could bring credentials of its
# own and send pictures to another account; no rule of our role would stop it.

locals {
  # Not every action of the other services has a resource. AWS keeps the packages of Amazon Linux in buckets of its own.
  endpoint_files = { s3 = "s3", dynamodb = "own_resources", sqs = "own_resources", logs = "own_resources" }

  # A test plays these files with the local AWS's evaluation of policies.
  endpoint_policies = {
    for service in setunion(local.services, ["s3", "dynamodb"]) :
    service => templatefile("${path.module}/files/${lookup(local.endpoint_files, service, "own_callers")}.json", var.here)
  }
}
