namespace DistSeq2Seq.Quickstart;

/// <summary>An English sentence and its French translation.</summary>
public sealed record SentencePair(string English, string French)
{
    /// <summary>Finishes a clause in both languages: elision, a or an, the capital and the final mark.</summary>
    internal static SentencePair Of(Phrase words, char mark = '.') =>
        new(EnglishText.Sentence(words.English, mark), FrenchText.Sentence(words.French, mark));
}
