"""A reader of a queue wakes when a message comes."""

import asyncio
from threading import Thread
from types import SimpleNamespace

from infra.local.queue_news import News, tell_readers

AGES = 3600


def test_a_message_wakes_all_readers_at_once() -> None:
    async def sleep_and_tell() -> None:
        news = News()
        sleepers = [asyncio.create_task(news.sleep(AGES)) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.to_thread(news.tell)
        await asyncio.wait_for(asyncio.gather(*sleepers), 10)

    asyncio.run(sleep_and_tell())


def test_a_reader_wakes_by_itself() -> None:
    asyncio.run(News().sleep(0.01))


def test_a_reader_that_went_away_does_no_harm() -> None:
    async def leave_and_tell() -> None:
        news = News()
        gone = asyncio.create_task(news.sleep(AGES))
        await asyncio.sleep(0)
        gone.cancel()
        news.tell()
        news.tell()
        await asyncio.gather(gone, return_exceptions=True)
        assert not news._sleepers

    asyncio.run(leave_and_tell())


def test_the_module_of_queues_wakes_its_readers_and_its_mappings() -> None:
    woken: list[str] = []
    sqs = SimpleNamespace(
        esm_wake=SimpleNamespace(set=lambda: woken.append("mappings")), asyncio=asyncio
    )
    tell_readers(sqs)

    async def receive() -> None:
        reader = asyncio.create_task(sqs.asyncio.sleep(AGES))
        await asyncio.sleep(0)
        Thread(target=sqs.esm_wake.set).start()
        await asyncio.wait_for(reader, 10)

    asyncio.run(receive())
    assert woken == ["mappings"]
