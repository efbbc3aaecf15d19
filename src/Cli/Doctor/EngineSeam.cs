namespace DistSeq2Seq.Cli.Doctor;

/// <summary>Which engines this program was built with; nothing else here may know.</summary>
internal static class EngineSeam
{
#if ENGINES_BUNDLED
    /// <summary>Their name, and where they come from.</summary>
    public const string Description = "bundled (engines/: Akka, gRPC and TorchSharp subsets over the system's libtorch)";

    /// <summary>What brings a missing libtorch.</summary>
    public const string TorchRemedy = "install libtorch (apt-get install libtorch-dev libopenblas0-pthread), then build native/ again: remove .dist and run ./dist";
#else
    /// <summary>Their name, and where they come from.</summary>
    public const string Description = "nuget (the packages Akka.NET, TorchSharp with its libtorch, grpc-dotnet)";

    /// <summary>What brings a missing libtorch.</summary>
    public const string TorchRemedy = "build again with a libtorch package: dotnet build -p:Engines=nuget -p:TorchDevice=cpu (or cuda)";
#endif
}
