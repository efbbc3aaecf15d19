using System.Text;

namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// Words and punctuation (<c>L'homme dort-il ?</c> → <c>L' homme dort-il ▁?</c>). Each token has a default spacing, one space or none.
/// Where the text departs from it, the token carries a mark at that side: ▁ (space) or ￭ (none). So <see cref="Detokenize"/> restores
/// every sentence but for the kind and number of its spaces (and letter case with <c>lowercase</c>), in any language. The two marks
/// themselves become <c>_</c> and <c>■</c> in text. English negations are cut as in the Penn Treebank (<c>do n't</c>); the marks follow
/// the idea of OpenNMT's joiners.
/// </summary>
public sealed class WordTokenizer : ITokenizer
{
    /// <summary>Creates the tokenizer.</summary>
    /// <param name="lowercase">Whether text is put into lower case first.</param>
    public WordTokenizer(bool lowercase = false) =>
        Options = new TokenizerOptions { Name = TokenizerFactory.Word, Lowercase = lowercase };

    /// <inheritdoc/>
    public TokenizerOptions Options { get; }

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> sentence, TokenBuffer tokens)
    {
        tokens.Clear();
        var text = tokens.Scratch(sentence.Length);
        if (Options.Lowercase)
            sentence.ToLowerInvariant(text);
        else
            sentence.CopyTo(text);
        text.Replace(TokenSpacing.SpacedMark, '_');
        text.Replace(TokenSpacing.JoinedMark, '\u25A0');

        var places = tokens.Places;
        places.Clear();
        WordSplitter.Split(text, places);
        var openQuotes = 0;
        for (var i = 0; i < places.Count; i++)
        {
            var (start, length, joined) = places[i];
            var token = text.Slice(start, length);
            var spacing = TokenSpacing.Of(token, ref openQuotes);
            if (i > 0 && spacing.Decides && spacing.JoinsLeft != joined)
                tokens.Append([Mark(joined)]);
            tokens.Append(token);
            // On the right side this token decides about the space only if a word follows.
            if (i + 1 < places.Count && spacing.Decides && spacing.JoinsRight != places[i + 1].Joined &&
                !TokenSpacing.Deciding(text.Slice(places[i + 1].Start, places[i + 1].Length)))
                tokens.Append([Mark(places[i + 1].Joined)]);
            tokens.End();
        }
    }

    /// <inheritdoc/>
    public string Detokenize(IReadOnlyList<string> tokens)
    {
        var text = new StringBuilder();
        var openQuotes = 0;
        var before = default(TokenSpacing);
        foreach (var marked in tokens)
        {
            if (marked.Length == 0)
                continue;
            var token = marked.AsSpan();
            var left = TakeMark(ref token, atStart: true);
            var right = TakeMark(ref token, atStart: false);
            var spacing = TokenSpacing.Of(token, ref openQuotes);
            spacing = new TokenSpacing(left ?? spacing.JoinsLeft, right ?? spacing.JoinsRight,
                spacing.Decides || left is not null || right is not null);
            var joined = spacing.Decides ? spacing.JoinsLeft : before.Decides && before.JoinsRight;
            if (text.Length > 0 && !joined)
                text.Append(' ');
            text.Append(token);
            before = spacing;
        }
        return text.ToString();
    }

    private static char Mark(bool joined) => joined ? TokenSpacing.JoinedMark : TokenSpacing.SpacedMark;

    private static bool? TakeMark(ref ReadOnlySpan<char> token, bool atStart)
    {
        var mark = atStart ? token[0] : token[^1];
        if (token.Length < 2 || mark is not (TokenSpacing.JoinedMark or TokenSpacing.SpacedMark))
            return null;
        token = atStart ? token[1..] : token[..^1];
        return mark == TokenSpacing.JoinedMark;
    }
}
