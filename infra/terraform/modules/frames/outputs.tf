output "arn" {
  description = "ARN of the stream of frames"
  value       = aws_kinesis_stream.this.arn
}
