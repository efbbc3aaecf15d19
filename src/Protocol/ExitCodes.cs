namespace DistSeq2Seq.Protocol;

/// <summary>Exit codes of every command.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>Failed for a reason that is not the user's input.</summary>
    public const int Failure = 1;

    /// <summary>The input or the command line is wrong; one line on standard error says how.</summary>
    public const int BadInput = 2;

    /// <summary>Ended by SIGTERM after saving (128 + 15).</summary>
    public const int Terminated = 143;
}
