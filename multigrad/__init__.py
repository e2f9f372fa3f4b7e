"""One slope(f, x, device) over PyTorch, JAX and HIPS autograd."""
