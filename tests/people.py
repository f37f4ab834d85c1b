"""Users of the load, signed up as anybody does."""

from uuid import uuid4

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from infra.local.state import Person, State

CODE = "123456"  # ministack's, of every account
PASSWORD = "Correct-horse-1"


def sign_up(state: State, count: int) -> list[Person]:
    """So many new users."""
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=state.endpoint,
        region_name=state.region,
        config=Config(signature_version=UNSIGNED),
    )
    people = []
    for _ in range(count):
        person = Person(email=f"{uuid4()}@example.com", password=PASSWORD, group="")
        cognito.sign_up(
            ClientId=state.client_id,
            Username=person.email,
            Password=person.password,
            UserAttributes=[{"Name": "email", "Value": person.email}],
        )
        cognito.confirm_sign_up(
            ClientId=state.client_id, Username=person.email, ConfirmationCode=CODE
        )
        people.append(person)
    return people
