"""The reference model in PyTorch: LSTM encoder-decoder with Luong's general attention."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PAD = 0


class Seq2Seq(nn.Module):
    def __init__(self, vocabulary, embedding=256, hidden=512, layers=2, dropout=0.2):
        super().__init__()
        self.source_embedding = nn.Embedding(vocabulary, embedding)
        self.target_embedding = nn.Embedding(vocabulary, embedding)
        self.encoder = nn.LSTM(embedding, hidden, layers, dropout=dropout)
        self.decoder = nn.LSTM(embedding, hidden, layers, dropout=dropout)
        self.score = nn.Linear(hidden, hidden, bias=False)
        self.combine = nn.Linear(2 * hidden, hidden, bias=False)
        self.output = nn.Linear(hidden, vocabulary)
        self.dropout = nn.Dropout(dropout)

    def forward(self, source, source_lengths, target_input, target_output):
        """source [S, B], target [T, B]; lengths on the CPU, longest first. Cross-entropy summed over target tokens."""
        embedded = self.dropout(self.source_embedding(source))  # [S, B, E]
        ragged = bool((source_lengths != source.shape[0]).any())
        if ragged:
            packed, state = self.encoder(pack_padded_sequence(embedded, source_lengths))
            memory, _ = pad_packed_sequence(packed, total_length=source.shape[0])
        else:
            memory, state = self.encoder(embedded)  # [S, B, H]
        states, _ = self.decoder(self.dropout(self.target_embedding(target_input)), state)  # [T, B, H]
        keys = self.score(memory)
        scores = torch.bmm(states.transpose(0, 1), keys.permute(1, 2, 0))  # [B, T, S]
        if ragged:
            scores = scores.masked_fill((source == PAD).t().unsqueeze(1), float("-inf"))
        context = torch.bmm(scores.softmax(-1), memory.transpose(0, 1)).transpose(0, 1)  # [T, B, H]
        features = self.dropout(torch.tanh(self.combine(torch.cat([context, states], -1))))
        real = target_output != PAD
        return nn.functional.cross_entropy(self.output(features[real]), target_output[real], reduction="sum")
