from pipeline.worker.vision.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


def test_every_class_and_category_is_a_word() -> None:
    names = [*VOCABULARY.classes, *VOCABULARY.categories.values()]

    assert len(VOCABULARY.classes) == 1000
    assert len(VOCABULARY.categories) == 80
    assert set(names) <= set(VOCABULARY.words)


def test_every_parent_is_a_word_with_the_rest_of_the_chain_as_parents() -> None:
    for word in VOCABULARY.words.values():
        for position, parent in enumerate(word.parents):
            assert VOCABULARY.words[parent].parents == word.parents[position + 1 :]


def test_both_networks_call_a_banana_the_same() -> None:
    assert "banana" in VOCABULARY.classes
    assert "banana" in VOCABULARY.categories.values()


def test_a_breed_leads_to_the_detectors_word() -> None:
    assert VOCABULARY.words["golden retriever"].parents == ("dog", "animal")
    assert VOCABULARY.categories[18] == "dog"
