"""Baselines on features of images: the encoder, the tasks and the model that they name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lnmbench import choices
from lnmbench.contracts import AuxTask, Encoder, PrecomputedFeatures
from lnmbench.defaults import DEFAULTS
from lnmbench.errors import PluginError, UserError
from lnmbench.records import MODALITIES, SELECT, SELECT_MOST, Choice, Cohort, Protocol, Weights
from lnmbench.redaction import redact_choice
from lnmbench.registry import AnyBaseline, Registry, Selection
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.plan.method_selections import select_tasks
from lnmbench.stages.plan.missing_images import refuse_missing_images
from lnmbench.stages.plan.spelling import spell

FEWEST_INNER = 3
"""Inner folds of a baseline that learns its features.

A network is trained without each of the other inner folds in turn, so that there must be two.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSelections:
    """The encoder, the tasks and the model that a baseline on features of images names."""

    encoder: Selection[Encoder]
    tasks: tuple[Selection[AuxTask], ...]
    model: Selection[AnyBaseline]

    def spell(self, choice: Choice, weights: Weights) -> Choice:
        """Return the baseline's choice with one spelling of each part, and without folders.

        Parameters
        ----------
        choice
            The choice of the baseline.
        weights
            The weights that the encoder has loaded.
        """
        spelled = {
            "encoder": _spell(self.encoder, weights),
            "aux": choices.join(choices.parse(_spell(task)) for task in self.tasks),
            "model": _spell(self.model),
        }
        parameters = {k: spelled.get(k, value) for k, value in choice.parameters.items()}
        return redact_choice(replace(choice, parameters=parameters))


def select_parts(baseline: GuardedImageBaseline, registry: Registry) -> ImageSelections:
    """Return the selections of what a baseline on features of images names.

    Parameters
    ----------
    baseline
        The baseline.
    registry
        The plugins that offer what it names.

    Raises
    ------
    UserError
        For unknown names and parameters.
    """
    encoder = choices.parse(baseline.encoder or DEFAULTS.encoder)
    return ImageSelections(
        encoder=registry.encoders.select(encoder),
        tasks=select_tasks(baseline.aux, registry),
        model=registry.baselines.select(model_choice(baseline)),
    )


def refuse_unknown_parts(baselines: Iterable[Selection[AnyBaseline]], registry: Registry) -> None:
    """Raise `UserError` for unknown names in baselines on features of images.

    A fault of a plugin is not one: it costs its method later.

    Parameters
    ----------
    baselines
        The selections of baselines.
    registry
        The plugins that offer what they name.
    """
    for selection in baselines:
        try:
            baseline = selection.build()
            if isinstance(baseline, GuardedImageBaseline):
                select_parts(baseline, registry)
        except PluginError as fault:
            if fault.deliberate:
                raise


def model_choice(baseline: GuardedImageBaseline) -> Choice:
    """Return the choice of the baseline that gets the features of images."""
    return choices.parse(baseline.model or DEFAULTS.baseline)


def refuse_model(name: str, model: AnyBaseline) -> GuardedBaseline:
    """Return the model of a baseline; `UserError` if it cannot get features of images.

    Parameters
    ----------
    name
        The baseline, as the user wrote it.
    model
        The model that it names.
    """
    takes_images = isinstance(model, GuardedImageBaseline)
    if isinstance(model, GuardedImageBaseline) or model.fixed is not None:
        problem = "takes features of images itself" if takes_images else "is not trained"
        raise UserError(
            f"the model of baseline {name} {problem}",
            expected="a baseline that is trained on clinical features",
            then="name another model",
        )
    return model


def refuse_images(
    name: str,
    encoder: Encoder,
    choice: Choice,
    tasks: Sequence[AuxTask],
    cohort: Cohort,
    protocol: Protocol,
) -> None:
    """Raise `UserError` for an encoder or a cohort that gives a baseline no features of images.

    Parameters
    ----------
    name
        The baseline, as the user wrote it.
    encoder
        The encoder.
    choice
        Its bound choice.
    tasks
        The auxiliary tasks from which the features are learned, if any.
    cohort
        The cohort that is to be learned from.
    protocol
        The protocol, which says how cases without images are used.
    """
    if encoder.level == "none":
        raise UserError(
            f"baseline {name} needs an encoder of images",
            got=f"encoder {choice.name}",
            then="name another encoder",
        )
    of_volumes = isinstance(encoder, PrecomputedFeatures) and encoder.level == "volume"
    if not of_volumes:
        then = "name another --baseline"
        refuse_missing_images(cohort, f"the baseline {name}", protocol, then=then)
    trained = str(choice.parameters.get("train", "none"))
    if not tasks and trained != "none":
        raise UserError(
            f"baseline {name} takes features of the frozen encoder",
            expected="train=none",
            got=f"train={trained}",
        )


def refuse_modalities(name: str, parts: Iterable[Selection[object]]) -> None:
    """Raise `UserError` for an encoder or a model of a baseline with modalities of its own.

    Parameters
    ----------
    name
        The baseline, as the user wrote it.
    parts
        The selections of its encoder and its model.
    """
    for part in parts:
        for parameter in (MODALITIES, SELECT, SELECT_MOST):
            if parameter in part.bound.parameters:
                raise UserError(
                    f"baseline {name} names {parameter} of its {part.offer.role.name}",
                    expected=f"{parameter} of the baseline {name} itself",
                    got=str(part.written),
                )


def refuse_few_folds(name: str, inner: int) -> None:
    """Raise `UserError` if there are too few inner folds to learn features out of fold.

    Parameters
    ----------
    name
        The baseline, as the user wrote it.
    inner
        The number of inner folds.
    """
    if inner < FEWEST_INNER:
        raise UserError(
            f"baseline {name} learns features out of fold within the training part",
            expected=f"{FEWEST_INNER} inner folds or more",
            got=str(inner),
            then=f"set --inner {FEWEST_INNER}",
        )


def _spell(selection: Selection[object], weights: Weights | None = None) -> str:
    spelled = choices.parse(spell(selection))
    return str(redact_choice(spelled, weights))
