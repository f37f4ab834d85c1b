output "tables" {
  description = "Full name, ARN and ARN of the stream by short name; the last is null without a stream"

  value = {
    for key, table in aws_dynamodb_table.this : key => {
      name       = table.name
      arn        = table.arn
      stream_arn = var.tables[key].stream == null ? null : table.stream_arn
    }
  }
}

output "replicas" {
  description = "The same of the tables that other regions have too, by region and short name"

  value = {
    for region in var.replica_regions : region => {
      for key, table in aws_dynamodb_table.this : key => {
        name       = table.name
        arn        = "arn:aws:dynamodb:${region}:${split(":", table.arn)[4]}:table/${table.name}"
        stream_arn = var.tables[key].stream == null ? null : one([for it in table.replica : it.stream_arn if it.region_name == region])
      } if !var.tables[key].regional
    }
  }
}
