using System.CommandLine;
using System.Globalization;
using DistSeq2Seq.Bench.Comparing;
using DistSeq2Seq.Bench.Members;

// As the program does.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;

// Without a verb: compares. The hidden verbs are the processes that a comparison starts.
var root = CompareCommand.Create();
root.Add(TrainMember.Create());
root.Add(AllReduceMember.Create());
root.Add(SumMember.Create());
root.Add(ProductsMember.Create());
root.Add(CoordinatorMember.Create());
root.Add(BeamModel.Create());
root.Add(BeamMember.Create());

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    Console.Error.WriteLine($"error: {parsed.Errors[0].Message} (see --help)");
    return 2;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
