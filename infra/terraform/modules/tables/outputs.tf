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
