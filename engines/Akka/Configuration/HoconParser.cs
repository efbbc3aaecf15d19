using System.Text;

namespace Akka.Configuration;

/// <summary>
/// Reads HOCON: nested and dotted keys, <c>=</c> or <c>:</c>, arrays, quoted and triple-quoted strings, comments, concatenation,
/// and substitutions from the same text or the environment. Left out: <c>include</c> and <c>+=</c>.
/// </summary>
internal sealed class HoconParser
{
    private readonly string _text;
    private int _position;

    private HoconParser(string text) => _text = text;

    /// <summary>Parses a whole text.</summary>
    /// <exception cref="ConfigurationException">The text is not HOCON; the message names the line.</exception>
    public static HoconObject Parse(string text)
    {
        var parser = new HoconParser(text);
        parser.SkipSpace(lines: true);
        var braces = parser.Take('{');
        var root = parser.ReadFields(braces);
        parser.SkipSpace(lines: true);
        if (parser._position < text.Length) throw parser.Error($"unexpected '{text[parser._position]}'");
        return HoconResolver.Resolve(root);
    }

    private HoconObject ReadFields(bool untilBrace)
    {
        var result = new HoconObject();
        while (true)
        {
            SkipSpace(lines: true);
            while (Take(',')) SkipSpace(lines: true);
            if (_position >= _text.Length)
            {
                if (untilBrace) throw Error("a '}' is missing");
                return result;
            }

            if (Peek() == '}')
            {
                if (!untilBrace) throw Error("a '}' without its '{'");
                _position++;
                return result;
            }

            ReadField(result);
        }
    }

    private void ReadField(HoconObject into)
    {
        var path = ReadKey();
        SkipSpace(lines: true);
        if (!Take('=') && !Take(':') && Peek() != '{') throw Error($"'=', ':' or '{{' expected after the key '{path}'");
        var value = ReadValue();
        var elements = HoconPath.Split(path);
        for (var i = elements.Count - 1; i > 0; i--)
        {
            var wrapped = new HoconObject();
            wrapped.Put(elements[i], value);
            value = wrapped;
        }

        into.Put(elements[0], value);
    }

    private string ReadKey()
    {
        var key = new StringBuilder();
        while (_position < _text.Length)
        {
            var c = Peek();
            if (c == '"')
            {
                key.Append('"').Append(ReadQuoted()).Append('"');
                continue;
            }

            if (c is '=' or ':' or '{' or '}' or '\n' or ',' or '#') break;
            key.Append(c);
            _position++;
        }

        var text = key.ToString().Trim();
        return text.Length > 0 ? text : throw Error("a key is missing");
    }

    private HoconValue ReadValue()
    {
        SkipSpace(lines: true);
        var parts = new HoconConcatenation();
        while (_position < _text.Length)
        {
            var start = _position;
            SkipSpace(lines: false);
            var space = _text[start.._position];
            if (_position >= _text.Length || Peek() is '\n' or ',' or '}' or ']' || AtComment()) break;
            if (space.Length > 0 && parts.Parts.Count > 0) parts.Parts.Add(new HoconLiteral(space, false));
            parts.Parts.Add(ReadPart());
        }

        return parts.Parts.Count switch
        {
            0 => new HoconLiteral("", false),
            1 => parts.Parts[0],
            _ => parts,
        };
    }

    private HoconValue ReadPart()
    {
        switch (Peek())
        {
            case '{':
                _position++;
                return ReadFields(untilBrace: true);
            case '[':
                _position++;
                return ReadArray();
            case '"':
                return new HoconLiteral(ReadQuoted(), true);
            case '$' when _position + 1 < _text.Length && _text[_position + 1] == '{':
                var end = _text.IndexOf('}', _position);
                if (end < 0) throw Error("a '}' is missing after '${'");
                var path = _text[(_position + 2)..end];
                _position = end + 1;
                return new HoconSubstitution(path.TrimStart('?').Trim(), path.StartsWith('?'));
            default:
                var start = _position;
                while (_position < _text.Length && !" \t\r\n,{}[]\"#".Contains(Peek()) && !AtComment()) _position++;
                if (_position == start) throw Error($"unexpected '{Peek()}'");
                return new HoconLiteral(_text[start.._position], false);
        }
    }

    private HoconArray ReadArray()
    {
        var array = new HoconArray();
        while (true)
        {
            SkipSpace(lines: true);
            while (Take(',')) SkipSpace(lines: true);
            if (_position >= _text.Length) throw Error("a ']' is missing");
            if (Take(']')) return array;
            array.Items.Add(ReadValue());
        }
    }

    private string ReadQuoted()
    {
        if (string.CompareOrdinal(_text, _position, "\"\"\"", 0, 3) == 0)
        {
            var close = _text.IndexOf("\"\"\"", _position + 3, StringComparison.Ordinal);
            if (close < 0) throw Error("a triple-quoted string does not end");
            var raw = _text[(_position + 3)..close];
            _position = close + 3;
            return raw;
        }

        _position++;
        var value = new StringBuilder();
        while (_position < _text.Length)
        {
            var c = _text[_position++];
            if (c == '"') return value.ToString();
            if (c == '\n') break;
            value.Append(c == '\\' && _position < _text.Length ? ReadEscape() : c);
        }

        throw Error("a quoted string does not end");
    }

    private char ReadEscape()
    {
        var c = _text[_position++];
        switch (c)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u' when _position + 4 <= _text.Length:
                var code = Convert.ToInt32(_text.Substring(_position, 4), 16);
                _position += 4;
                return (char)code;
            default: return c;
        }
    }

    private char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private bool AtComment() =>
        Peek() == '#' || (Peek() == '/' && _position + 1 < _text.Length && _text[_position + 1] == '/');

    private bool Take(char c)
    {
        if (Peek() != c || _position >= _text.Length) return false;
        _position++;
        return true;
    }

    private void SkipSpace(bool lines)
    {
        while (_position < _text.Length)
        {
            if (lines && AtComment())
            {
                while (_position < _text.Length && Peek() != '\n') _position++;
            }
            else if (Peek() is ' ' or '\t' or '\r' or '\uFEFF' || (lines && Peek() == '\n'))
            {
                _position++;
            }
            else
            {
                return;
            }
        }
    }

    private ConfigurationException Error(string what)
    {
        var line = _text.AsSpan(0, Math.Min(_position, _text.Length)).Count('\n') + 1;
        return new ConfigurationException($"Configuration, line {line}: {what}.");
    }
}
