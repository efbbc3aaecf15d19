namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// The tokens of one sentence, one after another in a reused buffer, so that tokenizing allocates nothing.
/// </summary>
public sealed class TokenBuffer
{
    private char[] _chars = new char[256];
    private int[] _ends = new int[64];
    private int _used;
    private char[] _scratch = new char[256];
    private TokenBuffer? _inner;

    /// <summary>How many tokens there are.</summary>
    public int Count { get; private set; }

    /// <summary>A buffer for the tokenizer below this one, where tokenizers build on each other.</summary>
    internal TokenBuffer Inner => _inner ??= new TokenBuffer();

    /// <summary>Room for tokenizers to note where tokens lie.</summary>
    internal List<TokenPlace> Places { get; } = [];

    /// <summary>A token; the span is valid until the buffer changes.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<char> this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            var start = index == 0 ? 0 : _ends[index - 1];
            return _chars.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>Forgets all tokens.</summary>
    public void Clear() => (Count, _used) = (0, 0);

    /// <summary>Adds a token.</summary>
    public void Add(ReadOnlySpan<char> token)
    {
        Append(token);
        End();
    }

    /// <summary>Adds characters to the token under construction.</summary>
    public void Append(ReadOnlySpan<char> part)
    {
        if (_used + part.Length > _chars.Length)
            Array.Resize(ref _chars, Math.Max(_chars.Length * 2, _used + part.Length));
        part.CopyTo(_chars.AsSpan(_used));
        _used += part.Length;
    }

    /// <summary>Adds characters in lower case (culture-invariant) to the token under construction.</summary>
    public void AppendLower(ReadOnlySpan<char> part)
    {
        var start = _used;
        Append(part);
        part.ToLowerInvariant(_chars.AsSpan(start, part.Length));
    }

    /// <summary>Ends the token under construction.</summary>
    public void End()
    {
        if (Count == _ends.Length)
            Array.Resize(ref _ends, Count * 2);
        _ends[Count++] = _used;
    }

    /// <summary>The tokens as strings.</summary>
    public string[] ToArray()
    {
        var tokens = new string[Count];
        for (var i = 0; i < Count; i++)
            tokens[i] = this[i].ToString();
        return tokens;
    }

    /// <summary>Room for tokenizers to change a sentence in.</summary>
    internal Span<char> Scratch(int length)
    {
        if (length > _scratch.Length)
            _scratch = new char[Math.Max(length, _scratch.Length * 2)];
        return _scratch.AsSpan(0, length);
    }
}
