"""Signs up new users of a local system as the web page does."""

from contextlib import closing
from uuid import uuid4

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from infra.local.state import Person, State

CODE = "123456"  # ministack accepts it for every account
PASSWORD = "Correct-horse-1"


def sign_up(state: State, count: int = 1) -> list[Person]:
    """Sign up `count` new users."""
    client = boto3.client(
        "cognito-idp",
        endpoint_url=state.endpoint,
        region_name=state.region,
        config=Config(signature_version=UNSIGNED),
    )
    people = [
        Person(email=f"{uuid4()}@example.com", password=PASSWORD, group="") for _ in range(count)
    ]
    with closing(client) as cognito:
        for person in people:
            cognito.sign_up(
                ClientId=state.client_id,
                Username=person.email,
                Password=person.password,
                UserAttributes=[{"Name": "email", "Value": person.email}],
            )
            cognito.confirm_sign_up(
                ClientId=state.client_id, Username=person.email, ConfirmationCode=CODE
            )
    return people
