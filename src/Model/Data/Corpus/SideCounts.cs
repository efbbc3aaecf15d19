using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>Words of both sides, and the subword tokenizers learned from them.</summary>
internal sealed class SideCounts
{
    private readonly TokenCounter _source = new();
    private readonly TokenCounter _target;
    private readonly bool _joint;

    public SideCounts(bool joint) => (_joint, _target) = (joint, joint ? _source : new TokenCounter());

    public void Add(TokenBuffer source, TokenBuffer target)
    {
        _source.Add(source);
        _target.Add(target);
    }

    public (ITokenizer Source, ITokenizer Target) Learn(PrepareOptions options, CancellationToken cancellation)
    {
        BpeCodes? Codes(TokenizerOptions side, TokenCounter words) =>
            TokenizerFactory.NeedsCodes(side) ? BpeLearner.Learn(words.Counts, options.BpeMerges, cancellation: cancellation) : null;

        // The sides do not depend on each other, so the result does not depend on their order.
        var target = _joint ? null : Task.Run(() => Codes(options.TargetTokenizer, _target), CancellationToken.None);
        var source = Codes(options.SourceTokenizer, _source);
        var targetCodes = target is null ? source : target.GetAwaiter().GetResult();
        return (TokenizerFactory.Create(options.SourceTokenizer, source), TokenizerFactory.Create(options.TargetTokenizer, targetCodes));
    }
}
