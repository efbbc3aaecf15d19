namespace DistSeq2Seq.Model.Data.Normalization;

/// <summary>Unicode normal forms (Unicode Standard Annex 15) that text can be brought to.</summary>
public enum TextNormalization
{
    /// <summary>Text stays as it is.</summary>
    None,

    /// <summary>Canonical composition: one form for characters that are the same (é as one code point).</summary>
    Nfc,

    /// <summary>Compatibility composition: ligatures, full-width letters, superscripts become plain too.</summary>
    Nfkc,
}
