using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>One key with its value.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[] _bytes = [];

        /// <summary>An entry with bytes.</summary>
        /// <param name="key">Ends in <c>-bin</c>; turned to lower case.</param>
        /// <param name="valueBytes">Copied.</param>
        /// <exception cref="ArgumentException">The key is wrong.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalized(key);
            if (!Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"The metadata key '{key}' has a binary value, so it has to end in '{BinaryHeaderSuffix}'.",
                    nameof(key));
            }

            _bytes = valueBytes.ToArray();
        }

        /// <summary>An entry with text.</summary>
        /// <param name="key">Does not end in <c>-bin</c>; turned to lower case.</param>
        /// <param name="value">ASCII.</param>
        /// <exception cref="ArgumentException">The key is wrong.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalized(key);
            if (Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal))
            {
                throw new ArgumentException(
                    $"The metadata key '{key}' ends in '{BinaryHeaderSuffix}', so its value has to be bytes.",
                    nameof(key));
            }

            _text = value;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => _text is null;

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value => _text
            ?? throw new InvalidOperationException($"The metadata entry '{Key}' is binary; read ValueBytes.");

        /// <summary>A copy of the bytes, or the text in ASCII.</summary>
        public byte[] ValueBytes => _text is null ? _bytes.ToArray() : Encoding.ASCII.GetBytes(_text);

        /// <summary>Key and value for a log line.</summary>
        public override string ToString() => _text is null
            ? $"[Entry: key={Key}, valueBytes={Convert.ToHexString(_bytes)}]"
            : $"[Entry: key={Key}, value={_text}]";

        internal bool HasKey(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        private static string Normalized(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            if (key.AsSpan().ContainsAnyExcept(KeyCharacters))
            {
                throw new ArgumentException(
                    $"The metadata key '{key}' may hold letters, digits, '_', '-' and '.' only.", nameof(key));
            }

            return key.ToLowerInvariant();
        }
    }
}
