# The ways out; docs/cost.md compares them. S3 and DynamoDB have free gateway endpoints in each.
# "endpoints": an interface endpoint per service and zone. There is no way to the internet.
# "ipv6": an egress-only gateway, free. Workers call the dual-stack endpoints of AWS; nobody can call them.
# "public": a public IPv4 address per worker while it runs. No rule lets anything in.
# "nat": one NAT gateway for all zones.

resource "aws_security_group" "endpoint" {
  count = var.egress == "endpoints" ? 1 : 0

  name        = "${var.name}-endpoint"
  description = "Interface endpoints: HTTPS from the workers"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  count = length(aws_security_group.endpoint)

  security_group_id            = aws_security_group.endpoint[0].id
  description                  = "Workers"
  referenced_security_group_id = aws_security_group.worker.id
  from_port                    = 443
  to_port                      = 443
  ip_protocol                  = "tcp"
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.egress == "endpoints" ? local.services : []

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${var.here.region}.${each.key}"
  subnet_ids          = values(aws_subnet.private)[*].id
  security_group_ids  = aws_security_group.endpoint[*].id
  private_dns_enabled = true
  policy              = local.endpoint_policies[each.key]

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_egress_only_internet_gateway" "this" {
  count = local.dual_stack ? 1 : 0

  vpc_id = aws_vpc.this.id
}

resource "aws_route" "ipv6" {
  count = local.dual_stack ? 1 : 0

  route_table_id              = aws_route_table.private.id
  destination_ipv6_cidr_block = "::/0"
  egress_only_gateway_id      = aws_egress_only_internet_gateway.this[0].id
}

resource "aws_vpc_security_group_egress_rule" "https_ipv6" {
  count = local.dual_stack ? 1 : 0

  security_group_id = aws_security_group.worker.id
  description       = "AWS APIs"
  cidr_ipv6         = "::/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_route" "public" {
  count = var.egress == "public" ? 1 : 0

  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this[0].id
}

resource "aws_internet_gateway" "this" {
  count = contains(["nat", "public"], var.egress) ? 1 : 0

  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "public" {
  count = var.egress == "nat" ? 1 : 0

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[0]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, 15)

  tags = { Name = "${var.name}-public" }
}

resource "aws_route_table" "public" {
  count = var.egress == "nat" ? 1 : 0

  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this[0].id
  }
}

resource "aws_route_table_association" "public" {
  count = var.egress == "nat" ? 1 : 0

  subnet_id      = aws_subnet.public[0].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_eip" "nat" {
  count = var.egress == "nat" ? 1 : 0

  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  count = var.egress == "nat" ? 1 : 0

  subnet_id     = aws_subnet.public[0].id
  allocation_id = aws_eip.nat[0].id

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "nat" {
  count = var.egress == "nat" ? 1 : 0

  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[0].id
}
