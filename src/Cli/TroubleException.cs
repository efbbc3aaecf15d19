namespace DistSeq2Seq.Cli;

/// <summary>The input is right, but the verb cannot do its work: exit code 1. The message is for the user.</summary>
public sealed class TroubleException(string message, Exception? inner = null) : Exception(message, inner);
