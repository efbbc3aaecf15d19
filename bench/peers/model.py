"""The reference model in PyTorch: LSTM encoder-decoder with Luong's general attention."""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PAD = 0


class Seq2Seq(nn.Module):
    def __init__(self, vocabulary, embedding=256, hidden=512, layers=2, dropout=0.2, input_feeding=False):
        super().__init__()
        self.source_embedding = nn.Embedding(vocabulary, embedding)
        self.target_embedding = nn.Embedding(vocabulary, embedding)
        self.encoder = nn.LSTM(embedding, hidden, layers, dropout=dropout)
        self.input_feeding = input_feeding
        if input_feeding:
            self.decoder = nn.ModuleList(nn.LSTMCell(embedding + hidden if layer == 0 else hidden, hidden) for layer in range(layers))
        else:
            self.decoder = nn.LSTM(embedding, hidden, layers, dropout=dropout)
        self.score = nn.Linear(hidden, hidden, bias=False)
        self.combine = nn.Linear(2 * hidden, hidden, bias=False)
        self.output = nn.Linear(hidden, vocabulary)
        self.dropout = nn.Dropout(dropout)

    def forward(self, source, source_lengths, target_input, words_out, places):
        """source [S, B], target_input [T, B]; lengths on the CPU, longest first. words_out are the N words to predict, places [N] where
        they stand in [T * B], or None where all of it is words. Cross-entropy summed over target tokens."""
        embedded = self.dropout(self.source_embedding(source))  # [S, B, E]
        ragged = bool((source_lengths != source.shape[0]).any())
        if ragged:
            packed, state = self.encoder(pack_padded_sequence(embedded, source_lengths))
            memory, _ = pad_packed_sequence(packed, total_length=source.shape[0])
        else:
            memory, state = self.encoder(embedded)  # [S, B, H]
        words = self.dropout(self.target_embedding(target_input))  # [T, B, E]
        keys = self.score(memory).permute(1, 2, 0)  # [B, H, S]
        values = memory.transpose(0, 1)  # [B, S, H]
        padding = (source == PAD).t().unsqueeze(1) if ragged else None
        if self.input_feeding:
            features = self.step_by_step(words, state, keys, values, padding)
        else:
            states, _ = self.decoder(words, state)  # [T, B, H]
            features = self.attend(states, keys, values, padding)
        features = features.flatten(0, 1)
        if places is not None:  # the output layer, most of the work, sees no padding
            features = features.index_select(0, places)
        return nn.functional.cross_entropy(self.output(features), words_out, reduction="sum")

    def attend(self, states, keys, values, padding):
        """Attentional states of [T, B, H]."""
        scores = torch.bmm(states.transpose(0, 1), keys)  # [B, T, S]
        if padding is not None:
            scores = scores.masked_fill(padding, float("-inf"))
        context = torch.bmm(scores.softmax(-1), values).transpose(0, 1)  # [T, B, H]
        return self.dropout(torch.tanh(self.combine(torch.cat([context, states], -1))))

    def step_by_step(self, words, state, keys, values, padding):
        """Input feeding: each step's attentional state is part of the next one's input."""
        hidden, cell = list(state[0]), list(state[1])
        fed = torch.zeros_like(hidden[0])
        features = []
        for word in words:
            below = torch.cat([word, fed], -1)
            for layer, unit in enumerate(self.decoder):
                hidden[layer], cell[layer] = unit(below if layer == 0 else self.dropout(below), (hidden[layer], cell[layer]))
                below = hidden[layer]
            fed = self.attend(below.unsqueeze(0), keys, values, padding)[0]
            features.append(fed)
        return torch.stack(features)
