using BenchmarkDotNet.Running;
using FeatureService.Bench.Micro;

// Usage: MicroBench [options of BenchmarkDotNet], for example --filter '*Kernel*' --job short.
BenchmarkSwitcher.FromAssembly(typeof(KernelBenchmarks).Assembly).Run(args);
