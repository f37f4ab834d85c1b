# A VPC for the workers. No rule lets anything in, and HTTPS is the only way out.

data "aws_availability_zones" "here" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"] # No local zones
  }
}

locals {
  dual_stack = var.egress == "ipv6"

  zones = slice(data.aws_availability_zones.here.names, 0, var.zone_count)

  # Services that an instance calls. S3 and DynamoDB are missing, because they have gateway endpoints.
  services = setunion(["autoscaling", "logs", "monitoring", "sqs", "ssm", "ssmmessages"], var.more_services)
}

resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true # Private names of the interface endpoints

  assign_generated_ipv6_cidr_block = local.dual_stack

  tags = { Name = var.name }
}

# The default group has no rules, so an instance that is in it by mistake reaches nothing.
resource "aws_default_security_group" "unused" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "private" {
  for_each = { for index, zone in local.zones : zone => index }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)

  # IPv4 stays for the instance metadata and for the gateway endpoints.
  ipv6_cidr_block                 = local.dual_stack ? cidrsubnet(aws_vpc.this.ipv6_cidr_block, 8, each.value) : null
  assign_ipv6_address_on_creation = local.dual_stack
  map_public_ip_on_launch         = var.egress == "public"

  tags = { Name = "${var.name}-${var.egress == "public" ? "public" : "private"}-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["s3", "dynamodb"])

  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.here.region}.${each.key}"
  route_table_ids   = [aws_route_table.private.id]
  policy            = local.endpoint_policies[each.key]

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "worker" {
  name        = "${var.name}-worker"
  description = "Workers: no inbound rule, HTTPS out"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_egress_rule" "https" {
  security_group_id = aws_security_group.worker.id
  description       = "AWS APIs"
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}
