"""The network and the source of its tokens, chosen by inputs and settings."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from torch.nn import functional

from lnmbench.nets.encoder.fine_tuning import FineTunedEmbedder
from lnmbench.nets.encoder.functional import encoder_parameters
from lnmbench.nets.inputs import has_case_tokens, longest_bag
from lnmbench.nets.stacked.bodies import ClinicalBody, SliceBody
from lnmbench.nets.stacked.embedding import RandomViews
from lnmbench.nets.stacked.network import AuxHead, Network
from lnmbench.nets.stacked.principal import PrincipalTokens
from lnmbench.nets.stacked.projection import Projection

if TYPE_CHECKING:
    from lnmbench.contracts import Weighting
    from lnmbench.nets.data.device_data import DeviceData
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.nets.stacked.embedding import TokenEmbedder
    from lnmbench.records import Training


def build_network(inputs: Inputs, fits: Fits, settings: Training, weighting: Weighting) -> Network:
    """Return the network for some inputs: without slices, one on clinical features alone.

    Parameters
    ----------
    inputs
        The inputs of all fits, for the widths of features and heads.
    fits
        The fits, for the number of clinical features.
    settings
        The widths of the network and its learning rates.
    weighting
        The weighting, for the scalars that it learns.
    """
    clinical = fits.clinical.shape[2]
    modalities = tuple((each.name, each.features.shape[2]) for each in fits.modalities)
    width = clinical + sum(width for _, width in modalities)
    body: SliceBody | ClinicalBody = ClinicalBody(clinical=width, settings=settings)
    if inputs.slices is not None:
        encoder = inputs.slices.trainable_encoder
        trained = () if encoder is None else encoder_parameters(encoder.network, settings)
        body = SliceBody(
            dim=inputs.slices.dim,
            max_slices=max(int(inputs.slices.counts.max()), longest_bag(inputs)),
            settings=settings,
            encoder_parameters=trained,
        )
    aux = tuple(
        AuxHead(
            name=task.head or task.name,
            outputs=task.task.outputs,
            bags=0 if task.examples is None else task.examples.bags,
            # a call puts parameters into it, which must not affect stacks in other threads
            module=copy.deepcopy(task.head_module),
        )
        for task in inputs.aux
    )
    names = [inputs.target_name, *(head.name for head in aux)]
    scalars = tuple(weighting.initial_scalars(names))
    return Network(
        body=body,
        clinical=clinical,
        modalities=modalities,
        aux=aux,
        weighting_scalars=scalars,
        outcomes=inputs.outcomes,
        ordered=inputs.ordered,
    )


def build_embedder(
    inputs: Inputs, fits: Fits, settings: Training, data: DeviceData
) -> TokenEmbedder | None:
    """Return the source of the tokens for some inputs; None without slices.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits, for their training cases and seeds.
    settings
        The projection and the trained stages of the encoder.
    data
        The device and the features there.
    """
    slices = inputs.slices
    if slices is None:
        return None
    embedder: TokenEmbedder
    if slices.trainable_encoder is not None:
        embedder = FineTunedEmbedder(slices, slices.trainable_encoder, fits, settings, data)
    elif data.features is not None:
        others = len(data.features.offsets) - 1 - len(inputs.target)
        training = functional.pad(fits.prepared_cases, (0, others))  # (K, n + others)
        if settings.projection == "principal" and settings.token_dim is not None:
            width, averaged = settings.token_dim, has_case_tokens(inputs, settings)
            embedder = PrincipalTokens(
                data.features, training, width=width, averaged=averaged, threads=data.threads
            )
        else:
            embedder = Projection(data.features, training)
    else:
        raise ValueError("the device data are not those of the inputs: they have no features")
    if slices.views == 1:
        return embedder
    tokens = len(slices.counts) if has_case_tokens(inputs, settings) else slices.total
    return RandomViews(embedder, fits.seeds, views=slices.views, tokens=tokens)
