using System.ComponentModel.DataAnnotations;

namespace Conference.Node.Api;

/// <summary>A field of a body is a list of certain words.</summary>
internal abstract class WordListAttribute : ValidationAttribute
{
    /// <summary>"a list of ..."</summary>
    public abstract string Must { get; }
}
