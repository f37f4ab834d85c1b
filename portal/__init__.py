"""The operators' portal: Django admin over DynamoDB, SQS and Cognito, with no SQL server."""
