mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  here           = { account_id = "123456789012", region = "us-east-1" }
  name           = "spotter-test"
  zone_count     = 2
  egress         = "endpoints"
  log_bucket_arn = "arn:aws:s3:::logs"
}

run "another_service_has_an_endpoint_too" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    more_services = ["rekognition"]
  }

  assert {
    condition     = aws_vpc_endpoint.interface["rekognition"].service_name == "com.amazonaws.us-east-1.rekognition"
    error_message = "Workers must reach a service that only some environments call."
  }

  assert {
    condition     = jsondecode(aws_vpc_endpoint.interface["rekognition"].policy).Statement[0].Condition.StringEquals["aws:PrincipalAccount"] == "123456789012"
    error_message = "Its endpoint must serve our account only."
  }
}

run "endpoints" {
  command = plan

  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_subnet.private) == 2 && alltrue([for it in aws_subnet.private : it.map_public_ip_on_launch != true])
    error_message = "Workers must be in private subnets of two zones."
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 0 && length(aws_nat_gateway.this) == 0
    error_message = "With endpoints there must be no route to the internet."
  }

  assert {
    condition     = keys(aws_vpc_endpoint.gateway) == ["dynamodb", "s3"] && keys(aws_vpc_endpoint.interface) == ["autoscaling", "logs", "monitoring", "sqs", "ssm", "ssmmessages"]
    error_message = "Each service that an instance calls must have an endpoint."
  }

  assert {
    condition = alltrue([for it in concat(values(aws_vpc_endpoint.gateway), values(aws_vpc_endpoint.interface)) :
      alltrue([for statement in jsondecode(it.policy).Statement :
    try(statement.Condition.StringEquals["aws:PrincipalAccount"], "") == "123456789012" || (statement.Action == "s3:GetObject" && startswith(statement.Resource, "arn:aws:s3:::al2023-repos-"))])])
    error_message = "An endpoint must serve our account only."
  }

  assert {
    condition = alltrue([for it in ["s3", "dynamodb"] :
    jsondecode(aws_vpc_endpoint.gateway[it].policy).Statement[0].Condition.StringEquals["aws:ResourceAccount"] == "123456789012"])
    error_message = "Data must go to buckets and tables of our account only."
  }

  assert {
    condition = alltrue([for it in ["sqs", "logs"] :
    jsondecode(aws_vpc_endpoint.interface[it].policy).Statement[0].Condition.StringEquals["aws:ResourceAccount"] == "123456789012"])
    error_message = "Data must go to queues and logs of our account only."
  }

  assert {
    condition     = [for it in jsondecode(aws_vpc_endpoint.gateway["s3"].policy).Statement : [it.Action, it.Resource] if !can(it.Condition)] == [["s3:GetObject", "arn:aws:s3:::al2023-repos-us-east-1-*/*"]]
    error_message = "The only exception must be reading the packages of Amazon Linux."
  }

  assert {
    condition     = alltrue([for it in aws_vpc_endpoint.interface : it.private_dns_enabled])
    error_message = "Endpoints must answer under the services' own names."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.https.from_port == 443 && aws_vpc_security_group_egress_rule.https.to_port == 443
    error_message = "Workers must be allowed to use HTTPS only."
  }

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL"
    error_message = "Traffic must be logged."
  }
}

run "nat" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    egress = "nat"
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_nat_gateway.this) == 1 && aws_route.nat[0].destination_cidr_block == "0.0.0.0/0"
    error_message = "There must be one NAT gateway and no interface endpoint."
  }

  assert {
    condition     = length(aws_vpc_endpoint.gateway) == 2
    error_message = "Pictures must not pass the NAT gateway, which charges by the gigabyte."
  }
}

run "ipv6" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    egress = "ipv6"
  }

  assert {
    condition     = length(aws_egress_only_internet_gateway.this) == 1 && length(aws_internet_gateway.this) + length(aws_nat_gateway.this) + length(aws_vpc_endpoint.interface) == 0
    error_message = "The egress-only gateway must be the only way out."
  }

  assert {
    condition     = alltrue([for it in aws_subnet.private : it.assign_ipv6_address_on_creation && it.map_public_ip_on_launch == false]) && aws_route.ipv6[0].destination_ipv6_cidr_block == "::/0"
    error_message = "Workers must have IPv6 addresses and no public IPv4 address."
  }

  assert {
    condition     = length(aws_vpc_endpoint.gateway) == 2 && output.dual_stack && aws_vpc_security_group_egress_rule.https_ipv6[0].to_port == 443
    error_message = "The gateway endpoints must stay, and HTTPS must be the only way out."
  }
}

run "public" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    egress = "public"
  }

  assert {
    condition     = alltrue([for it in aws_subnet.private : it.map_public_ip_on_launch]) && length(aws_route.public) == 1 && length(aws_eip.nat) + length(aws_nat_gateway.this) == 0
    error_message = "Each worker must have an address of its own."
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.endpoint) == 0
    error_message = "No rule may let anything in."
  }
}

run "rejects_another_way_out" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    egress = "vpn"
  }

  expect_failures = [var.egress]
}

run "rejects_a_single_zone" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    zone_count = 1
  }

  expect_failures = [var.zone_count]
}
