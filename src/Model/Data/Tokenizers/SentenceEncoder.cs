namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>Text to token ids and back: a tokenizer with its vocabulary. For one thread: it reuses a buffer.</summary>
public sealed class SentenceEncoder
{
    private readonly TokenBuffer _buffer = new();

    /// <summary>Creates the encoder of one side.</summary>
    public SentenceEncoder(ITokenizer tokenizer, Vocabulary vocabulary) => (Tokenizer, Vocabulary) = (tokenizer, vocabulary);

    /// <summary>The tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The vocabulary.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The sentence's ids, without <c>&lt;s&gt;</c> and <c>&lt;/s&gt;</c>.</summary>
    public int[] Encode(ReadOnlySpan<char> sentence)
    {
        Tokenizer.Tokenize(sentence, _buffer);
        var ids = new int[_buffer.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = Vocabulary.Lookup(_buffer[i]);
        return ids;
    }

    /// <summary>The sentence of ids. Padding and begin tokens are skipped; the sentence stops at the first end token.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
        {
            if (id == Data.Vocabulary.End)
                break;
            if (id is not (Data.Vocabulary.Pad or Data.Vocabulary.Begin))
                tokens.Add(Vocabulary[id]);
        }
        return Tokenizer.Detokenize(tokens);
    }
}
