using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

public class YamlTests
{
    [Theory]
    [InlineData("plain", "key: plain\n")]
    [InlineData("--run", "key: --run\n")]
    [InlineData("$(POD_NAME).svc:4053", "key: $(POD_NAME).svc:4053\n")]
    [InlineData("", "key: \"\"\n")]
    [InlineData("yes", "key: \"yes\"\n")]
    [InlineData("n", "key: \"n\"\n")]
    [InlineData("NULL", "key: \"NULL\"\n")]
    [InlineData("1", "key: \"1\"\n")]
    [InlineData("0.5", "key: \"0.5\"\n")]
    [InlineData("1e3", "key: \"1e3\"\n")]
    [InlineData("010", "key: \"010\"\n")]
    [InlineData("0x1F", "key: \"0x1F\"\n")]
    [InlineData("1:30", "key: \"1:30\"\n")]
    [InlineData("2026-11-01", "key: \"2026-11-01\"\n")]
    [InlineData("a: b", "key: \"a: b\"\n")]
    [InlineData("a:", "key: \"a:\"\n")]
    [InlineData("# no comment", "key: \"# no comment\"\n")]
    [InlineData("---", "key: \"---\"\n")]
    [InlineData("a\nb\n", "key: |\n  a\n  b\n")]
    [InlineData("a:\n  b: \"c\"\n\n# é 漢 😀\n", null)]
    [InlineData("no newline\nat the end", null)]
    [InlineData("two\n\n", null)]
    [InlineData("blank at the end \nof a line\n", null)]
    [InlineData("  indented first line\nx\n", null)]
    [InlineData("\nempty first line\n", null)]
    [InlineData("a\ttab\n\tx\n", null)]
    [InlineData("windows\r\nlines\r\n", null)]
    [InlineData("bell \a, next line \u0085, paragraph \u2029, mark \ufeff\n", null)]
    [InlineData("a quite long line, of the kind that an emitter with a width of eighty columns would fold into two lines", null)]
    public void Write_AnyText_ReadsBackTheSame(string text, string? expected)
    {
        var written = YamlWriter.Write(new JsonObject { ["key"] = text });
        if (expected is not null)
            Assert.Equal(expected, written);
        Assert.Equal(text, Assert.Single(YamlReader.Read(written, "written"))["key"]!.GetValue<string>());
    }

    [Fact]
    public void Read_PlainScalars_HaveTheTypesOfJson()
    {
        var read = YamlReader.Read("[1, -2, 2.5, true, null, ~, text, 4Gi, 0.0.0.0, \"1\", 'yes', {}]", "the text");
        Assert.Equal("""[1,-2,2.5,true,null,null,"text","4Gi","0.0.0.0","1","yes",{}]""", Assert.Single(read).ToJsonString());
    }

    [Theory]
    [InlineData("a: yes", "the text, line 1: YAML 1.1 and 1.2 read yes differently")]
    [InlineData("a: 1\nb: 0755", "the text, line 2: YAML 1.1 and 1.2 read 0755 differently")]
    [InlineData("a: 1\na: 2", "the text, line ")]
    [InlineData("a: [1", "this is not valid YAML")]
    [InlineData("a: !!str 1", "the tag tag:yaml.org,2002:str is not understood")]
    [InlineData("[a, b]: 1", "a key must be a text")]
    public void Read_WhatReadersDisagreeAbout_IsRefused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<LaunchException>(() => YamlReader.Read(text, "the text")).Message);
}
