import pytest
import torch
from multigrad.backends._torch import TorchBackend
from multigrad.testing import conformance

BACKEND = TorchBackend()


def state():
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.get_default_dtype(), torch.get_rng_state().tolist()


@pytest.mark.parametrize("case", conformance.cases(state=state), ids=str)
def test_conformance(case):
    case.check(BACKEND)
