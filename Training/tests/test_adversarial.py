import torch

from spae.train.adversarial import Adversary


def adversary() -> Adversary:
    torch.manual_seed(0)
    return Adversary(torch.device("cpu"))


def test_the_discriminator_learns_to_tell_real_from_made():
    judge, real, made = adversary(), torch.full((2, 3, 32, 32), 0.8), torch.zeros(2, 3, 32, 32)
    for group in judge.optimizer.param_groups:
        group["lr"] = 1e-2
    for _ in range(20):
        judge.backward(real, made)
        judge.optimizer.step()
    assert judge.discriminator(real).mean() > judge.discriminator(made).mean() + 1
    assert judge.real_mean > judge.made_mean


def test_the_decoders_loss_moves_the_picture_and_not_the_discriminator():
    judge = adversary()
    made = torch.zeros(1, 3, 32, 32, requires_grad=True)
    judge.against(made).backward()
    assert made.grad.abs().sum() > 0
    assert all(p.grad is None and p.requires_grad for p in judge.discriminator.parameters())


def test_lecam_is_least_where_both_means_are_met():
    judge = adversary()
    judge.real_mean, judge.made_mean = torch.tensor(1.0), torch.tensor(-1.0)
    assert judge.lecam(torch.tensor([-1.0]), torch.tensor([1.0])) == 0
    assert judge.lecam(torch.tensor([1.0]), torch.tensor([-1.0])) == 8


def test_an_adversary_survives_its_state():
    first, again = adversary(), Adversary(torch.device("cpu"))
    first.backward(torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32))
    first.optimizer.step()
    again.load(first.state())
    pictures = torch.rand(1, 3, 32, 32)
    assert torch.equal(first.discriminator(pictures), again.discriminator(pictures))
    assert torch.equal(first.real_mean, again.real_mean)
