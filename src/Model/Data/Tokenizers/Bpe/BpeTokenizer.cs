using DistSeq2Seq.Model.Data.Batching;

namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>
/// Subwords. <c>bpe</c> cuts the tokens of the <see cref="WordTokenizer"/>; all but the last subword of a word end with
/// <c>@@</c>, as subword-nmt writes them. <c>bpe_raw</c> cuts text as it stands, without looking for words: spaces are
/// <c>▁</c> at the begin of subwords, so it serves languages without spaces too.
/// </summary>
public sealed class BpeTokenizer : ITokenizer
{
    /// <summary>Suffix of a subword that does not end its word.</summary>
    public const string Continuation = "@@";

    private readonly ITokenizer _words;
    private readonly BpeSegmenter _segmenter;
    private readonly bool _marksContinuation;

    /// <summary>Creates the tokenizer.</summary>
    /// <param name="options">With the name <c>bpe</c> or <c>bpe_raw</c>.</param>
    /// <param name="codes">The merges.</param>
    public BpeTokenizer(TokenizerOptions options, BpeCodes codes)
    {
        Options = options;
        _words = TokenizerFactory.CreateWordsOf(options);
        _segmenter = new BpeSegmenter(codes);
        _marksContinuation = options.Name == TokenizerFactory.Bpe;
    }

    /// <inheritdoc/>
    public TokenizerOptions Options { get; }

    /// <summary>The merges.</summary>
    public BpeCodes Codes => _segmenter.Codes;

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> sentence, TokenBuffer tokens)
    {
        _words.Tokenize(sentence, tokens.Inner);
        tokens.Clear();
        for (var i = 0; i < tokens.Inner.Count; i++)
            Add(tokens.Inner[i], _segmenter.Segment(tokens.Inner[i]), tokens);
    }

    /// <summary>
    /// As <see cref="Tokenize"/>, with merges left out at random, so that a model sees a word in several forms
    /// (BPE-dropout, Provilkov, Emelianenko, Voita 2020). For training text only.
    /// </summary>
    /// <param name="sentence">The sentence.</param>
    /// <param name="tokens">Its subwords; cleared first.</param>
    /// <param name="dropout">Probability that a merge is skipped, 0 to 1; the paper takes 0.1.</param>
    /// <param name="random">Decides; equal seeds give equal subwords.</param>
    public void TokenizeWithDropout(ReadOnlySpan<char> sentence, TokenBuffer tokens, double dropout, DeterministicRandom random)
    {
        _words.Tokenize(sentence, tokens.Inner);
        tokens.Clear();
        for (var i = 0; i < tokens.Inner.Count; i++)
            Add(tokens.Inner[i], _segmenter.SegmentWithDropout(tokens.Inner[i], dropout, random), tokens);
    }

    /// <summary>Cuts one word, as <see cref="TokenizeWithDropout"/> does.</summary>
    /// <param name="word">The word, not empty: its subwords' <see cref="TextOf"/>, joined.</param>
    /// <param name="tokens">Its subwords; cleared first.</param>
    /// <param name="dropout">Probability that a merge is skipped.</param>
    /// <param name="random">Decides.</param>
    internal void CutWordWithDropout(ReadOnlySpan<char> word, TokenBuffer tokens, double dropout, DeterministicRandom random)
    {
        tokens.Clear();
        Add(word, _segmenter.SegmentWithDropout(word, dropout, random), tokens);
    }

    /// <summary>Whether a word ends between two tokens that follow each other.</summary>
    internal bool IsWordEnd(ReadOnlySpan<char> token, ReadOnlySpan<char> next) =>
        _marksContinuation ? !token.EndsWith(Continuation) : next[0] == TokenSpacing.SpacedMark || LanguageTag.Is(token);

    /// <summary>The part of a word that a token stands for.</summary>
    internal ReadOnlySpan<char> TextOf(ReadOnlySpan<char> token) =>
        _marksContinuation && token.EndsWith(Continuation) ? token[..^Continuation.Length] : token;

    /// <summary>The token of a symbol of the merges, which ends with <see cref="BpeCodes.WordEnd"/> where a word does.</summary>
    internal string TokenOf(string symbol) => symbol.EndsWith(BpeCodes.WordEnd, StringComparison.Ordinal)
        ? symbol[..^BpeCodes.WordEnd.Length]
        : _marksContinuation ? symbol + Continuation : symbol;

    /// <inheritdoc/>
    public string Detokenize(IReadOnlyList<string> tokens)
    {
        if (!_marksContinuation)
            return _words.Detokenize(tokens);
        var words = new List<string>(tokens.Count);
        var begun = "";
        foreach (var token in tokens)
        {
            if (token.EndsWith(Continuation, StringComparison.Ordinal))
            {
                begun += token[..^Continuation.Length];
                continue;
            }
            words.Add(begun + token);
            begun = "";
        }
        if (begun.Length > 0)
            words.Add(begun);
        return _words.Detokenize(words);
    }

    private void Add(ReadOnlySpan<char> word, IReadOnlyList<int> ends, TokenBuffer tokens)
    {
        if (LanguageTag.Is(word))
        {
            tokens.Add(word);
            return;
        }
        var start = 0;
        for (var i = 0; i < ends.Count; i++)
        {
            tokens.Append(word[start..ends[i]]);
            if (_marksContinuation && i + 1 < ends.Count)
                tokens.Append(Continuation);
            tokens.End();
            start = ends[i];
        }
    }
}
