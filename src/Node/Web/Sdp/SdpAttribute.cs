namespace Conference.Node.Web.Sdp;

/// <summary>A line <c>a=name:value</c>; the value is empty where there is none.</summary>
internal readonly record struct SdpAttribute(string Name, string Value);
