namespace DistSeq2Seq.Configuration;

/// <summary>A mistake in what the user asked for. Its message is one line for the user; the command ends with exit code 2.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
