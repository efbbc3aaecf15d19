namespace DistSeq2Seq.Cli;

/// <summary>The command line, or a file that it names, is wrong: exit code 2. The message is for the user.</summary>
public class InputException(string message, Exception? inner = null) : Exception(message, inner);
