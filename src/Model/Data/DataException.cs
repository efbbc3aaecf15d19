namespace DistSeq2Seq.Model.Data;

/// <summary>
/// Something is wrong with data that a user gave: a missing file, unequal line counts, invalid UTF-8, a damaged corpus.
/// The message is one line that names the file, where it can the line, what was seen and what would be right. Commands
/// print it and exit with code 2.
/// </summary>
public sealed class DataException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One line: subject, value seen, value expected, what to do.</param>
    public DataException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its cause.</summary>
    /// <param name="message">One line: subject, value seen, value expected, what to do.</param>
    /// <param name="innerException">The cause.</param>
    public DataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
