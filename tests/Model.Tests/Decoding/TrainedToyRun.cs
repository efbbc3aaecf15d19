using DistSeq2Seq.Model.Decoding;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

/// <summary>One toy model, trained once for all tests that only read it.</summary>
public sealed class TrainedToyRun : IDisposable
{
    private readonly ToyRun _run = new(steps: 1000);

    public TrainedToyRun() => Model = TranslationModel.Load(_run.WriteCheckpoint(1000));

    public TranslationModel Model { get; }

    public string DataPath => _run.DataPath;

    public void Dispose()
    {
        Model.Dispose();
        _run.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class ToyCollection : ICollectionFixture<TrainedToyRun>
{
    public const string Name = "toy run";
}
