namespace Conference.Protocol.Addresses;

/// <summary>ICU's UCharCategory, as far as names ask for it.</summary>
internal enum IcuCategory
{
    /// <summary>In this version of Unicode; characters that never will be, too.</summary>
    Unassigned = 0,
    UppercaseLetter = 1,
    LowercaseLetter = 2,
    TitlecaseLetter = 3,
    ModifierLetter = 4,
    OtherLetter = 5,
    NonSpacingMark = 6,
    SpacingMark = 8,
    DecimalDigit = 9,
}

/// <summary>ICU's UJoiningType: how an Arabic letter, or one of a script like it, takes the hands of its neighbours.</summary>
internal enum IcuJoining
{
    None = 0,
    Causing = 1,
    Dual = 2,
    Left = 3,
    Right = 4,
    Transparent = 5,
}
