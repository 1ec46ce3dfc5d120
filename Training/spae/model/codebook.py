"""The codebook: the words of a frozen language model, their embeddings and what they mean."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from spae.model.configuration import Configuration
from spae.model.quantizer import Candidates


def permutation(count: int, seed: int) -> Tensor:
    """The same order of `count` words for the same seed."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def reserved_mask(configuration: Configuration, words: list[str]) -> Tensor | None:
    """Which words are never chosen for a picture, [V], if there are any."""
    if not configuration.reserved:
        return None
    unknown = set(configuration.reserved) - set(words)
    if unknown:
        raise ValueError(f"config.json: reserved words that are no words: {sorted(unknown)}")
    reserved = set(configuration.reserved)
    return torch.tensor([word in reserved for word in words])


class Codebook(nn.Module):
    """Frozen embeddings and the one learned projection that brings them to the latent's width.

    Two controls depart from it: words that have swapped their embeddings, and learned codes.
    """

    def __init__(self, configuration: Configuration, words: list[str]):
        super().__init__()
        embedding, text, latent = (
            configuration.embedding,
            configuration.text,
            configuration.latent,
        )
        learned, seed = configuration.quantization.learned, configuration.quantization.shuffled
        self.words = words
        self.search = configuration.search
        self.projection = None if learned else nn.Parameter(torch.zeros(embedding, latent))
        self.learned = nn.Parameter(torch.zeros(len(words), latent)) if learned else None
        self.summed: tuple[tuple, Tensor] | None = None  # the codes, and of which weights
        self.order = None if seed is None else permutation(len(words), seed)
        self.register_buffer("embedding", torch.zeros(len(words), embedding), persistent=False)
        self.register_buffer("text", torch.zeros(len(words), text), persistent=False)
        self.register_buffer("bias", torch.zeros(len(words)), persistent=False)
        self.register_buffer("lemma", torch.arange(len(words)), persistent=False)
        self.register_buffer("reserved", reserved_mask(configuration, words), persistent=False)

    def load_frozen(self, path: Path) -> None:
        tensors = load_file(path)
        for name in ("embedding", "text", "bias", "lemma"):
            own = getattr(self, name)
            if own.shape != tensors[name].shape:
                raise ValueError(
                    f"{path}: {name} is {tuple(tensors[name].shape)}, expected {tuple(own.shape)}"
                )
            own.copy_(tensors[name])
        self.hide_reserved()

    def hide_reserved(self) -> None:
        """Sees to it that reserved words are no candidates."""
        if self.reserved is not None:
            self.bias[self.reserved] = torch.inf

    def codes(self) -> Tensor:
        """e(k) for every word, [V, latent]: bias-free, linear, so the words keep their meaning."""
        if self.learned is not None:
            return self.learned
        if torch.is_grad_enabled() and self.projection.requires_grad:
            return self.ordered_embedding() @ self.projection
        state = (self.projection.data_ptr(), self.projection._version, self.embedding._version)
        if self.summed is None or self.summed[0] != state:
            self.summed = (state, self.summed_codes())
        return self.summed[1]

    def ordered_embedding(self) -> Tensor:
        return self.embedding if self.order is None else self.embedding[self.order]

    @torch.no_grad()
    def summed_codes(self) -> Tensor:
        """The codes, of which the engine has the same bits: it adds the products one after the other.

        Of weights of 16 bits each product is exact, so only the order of the sum counts.
        """
        embedding = self.ordered_embedding().T.contiguous().unsqueeze(2)
        codes = torch.zeros(embedding.shape[1], self.projection.shape[1], device=embedding.device)
        for column, row in zip(embedding, self.projection, strict=True):
            codes += column * row
        return codes

    @torch.no_grad()
    def begin(self, projection: Tensor) -> None:
        """Sets the codes to the words' embeddings through this projection, [embedding, latent]."""
        if self.learned is not None:
            self.learned.copy_(self.embedding @ projection)
        else:
            self.projection.copy_(projection)

    def scores(self, text: Tensor) -> Tensor:
        """How well each word fits a text vector, [..., text] -> [..., V]."""
        return text @ self.text.T - self.bias

    @torch.no_grad()
    def candidates(
        self,
        text: Tensor,
        count: int,
        specificity: float = 0.0,
        penalty: float = 0.0,
        more: Tensor | None = None,
        more_score: float = 0.0,
    ) -> Candidates:
        """The `count` best words of distinct lemmas for each position, with their penalties.

        Specificity s > 0 scores more words than asked for, reduces each score by s times the word's
        mean score at the other positions, and keeps the best. A word's penalty is `penalty` times
        the difference between its score and the best one's. `more` words, [batch, place, n], are
        candidates whatever they mean, as if each scored the same at every position.
        """
        apart = specificity > 0 and text.shape[1] > 1
        words, scores = self._best(text, self.search.specificity_factor * count if apart else count)
        if apart:
            others = (text.sum(1, keepdim=True) - text) / (text.shape[1] - 1)
            others = (self.text[words] @ others.unsqueeze(-1)).squeeze(-1) - self.bias[words]
            scores, order = (scores - specificity * others).sort(
                dim=-1, descending=True, stable=True
            )
            words, scores = words.gather(-1, order)[..., :count], scores[..., :count]
        if more is not None:
            score = more_score * (1 - specificity if apart else 1)
            words = torch.cat([words, more], -1)
            scores = torch.cat([scores, scores.new_full(more.shape, score)], -1)
            scores, order = scores.sort(dim=-1, descending=True, stable=True)
            words = words.gather(-1, order)
        return Candidates(words, penalty * (scores[..., :1] - scores))

    def _best(self, text: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """The best words of distinct lemmas and their scores, [..., count]."""
        search = self.search
        looked_at = min(search.lemma_factor * count + search.lemma_extra, len(self.words))
        scores, best = self.scores(text).topk(looked_at, -1)
        ordered, order = self.lemma[best].sort(dim=-1, stable=True)
        again = F.pad(ordered[..., 1:] == ordered[..., :-1], (1, 0))
        repeated = torch.zeros_like(again).scatter(-1, order, again)
        order = repeated.long().argsort(dim=-1, stable=True)[..., :count]
        return best.gather(-1, order), scores.gather(-1, order)

    @torch.no_grad()
    def neighbours(self, word: int, count: int) -> tuple[Tensor, Tensor]:
        """The words nearest in meaning: their similarity, -1 to 1, and their numbers, best first.

        The mean of two cosines: of the language model's embeddings, which know how words are used,
        and of the sentence embeddings, which know rare words better.
        """
        sense = self.text[word] @ F.normalize(self.text, dim=-1, eps=1e-12).T
        sense = sense / self.text[word].norm().clamp(min=1e-12)
        similarity = (self.embedding @ self.embedding[word] + sense) / 2
        similarity[word] = -torch.inf
        return similarity.topk(min(count, len(self.words) - 1))
