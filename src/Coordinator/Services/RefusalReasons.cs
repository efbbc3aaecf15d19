namespace DistSeq2Seq.Coordinator.Services;

/// <summary>Reasons of refusals: values of the label <c>reason</c> of <c>distseq2seq_refusals_total</c>.</summary>
internal static class RefusalReasons
{
    /// <summary>A message of an old generation.</summary>
    public const string Generation = "generation";

    /// <summary>A stream or chunk of the exchange: late, foreign or damaged.</summary>
    public const string Exchange = "exchange";

    /// <summary>A message with invalid values.</summary>
    public const string Message = "message";

    /// <summary>A worker of a build with another protocol version.</summary>
    public const string Version = "version";

    /// <summary>A worker with the state of another run.</summary>
    public const string Run = "run";

    /// <summary>A worker with another model or corpus.</summary>
    public const string Model = "model";

    /// <summary>A worker whose arithmetic differs.</summary>
    public const string Arithmetic = "arithmetic";

    /// <summary>A worker whose replica has differed too often.</summary>
    public const string Replica = "replica";
}
