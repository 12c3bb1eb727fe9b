namespace FeatureService.Engine.Expressions;

/// <summary>One step of a <see cref="VectorProgram"/>: fills a slot from others.</summary>
internal abstract class Instruction
{
    /// <summary>The slot that is filled.</summary>
    public int Target { get; init; }

    /// <summary>Fills the slot for all lanes of a frame.</summary>
    public abstract void Run(Frame frame);

    /// <summary>Prepares tables for the texts of a slice; only instructions on texts do anything.</summary>
    public virtual void Bind(Binding binding)
    {
    }
}
