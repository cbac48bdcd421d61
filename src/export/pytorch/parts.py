
class Step(torch.autograd.Function):
    """1 where x > 0, else 0; the gradient passes straight through."""

    @staticmethod
    def forward(ctx, x):
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        return gradient


def seen(x, source, target, size, stride, padding):
    """What each place of a target grid sees: 1 x sources x n gives 1 x places x K x n."""
    rows, columns, maps = source
    at = lambda length: torch.arange(length, device=x.device) * stride - padding
    square = torch.arange(size, device=x.device)
    row = at(target[0])[:, None, None, None] + square[None, None, :, None]
    column = at(target[1])[None, :, None, None] + square[None, None, None, :]
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    place = torch.where(inside, row * columns + column, rows * columns)
    place = place[..., None] * maps + torch.arange(maps, device=x.device)
    # beyond the edge all is 0
    beyond = x.new_zeros(x.shape[0], maps, x.shape[2])
    return torch.cat([x, beyond], 1)[:, place.reshape(target[0] * target[1], -1)]


def pool(x, grid, size):
    """Means over squares of a grid: 1 x neurons x n gives 1 x neurons / size^2 x n."""
    rows, columns, maps = grid
    cut = x.reshape(rows // size, size, columns // size, size, maps, -1)
    return cut.mean((1, 3)).reshape(1, rows // size * (columns // size) * maps, -1)


def symmetric(triangle, size):
    """The symmetric matrix whose upper triangle, row by row, is given."""
    rows, columns = torch.triu_indices(size, size, device=triangle.device)
    places = torch.empty(size, size, dtype=torch.long, device=triangle.device)
    places[rows, columns] = places[columns, rows] = torch.arange(len(rows), device=triangle.device)
    return triangle[:, places]


class Network(nn.Module):
    """Holds the tensors under their names: `hidden.bias` is the parameter `bias` of the part `hidden`."""

    def __init__(self):
        super().__init__()
        for name, (sizes, learned, _) in TENSORS.items():
            *path, last = name.split(".")
            part = self
            for step in path:
                # not `add_module`: a population may be called `half`, which every module is able to do
                part = part._modules.setdefault(step, nn.Module())
            if learned:
                part._parameters[last] = nn.Parameter(torch.zeros(sizes))
            else:
                part._buffers[last] = torch.zeros(sizes)

    def held(self, name):
        """Returns the tensor of this name."""
        *path, last = name.split(".")
        part = self
        for step in path:
            part = part._modules[step]
        return part._parameters[last] if last in part._parameters else part._buffers[last]

    def rates(self, rate):
        """Returns the parameters for an optimizer with the learning rate `rate`, each with its own multiple of it."""
        return [{"params": [self.held(name)], "lr": rate * by} for name, (_, learned, by) in TENSORS.items() if learned]
