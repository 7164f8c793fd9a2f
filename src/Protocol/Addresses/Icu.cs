using System.Runtime.InteropServices;
using System.Text;

namespace Conference.Protocol.Addresses;

/// <summary>
/// What names need of ICU and .NET does not offer: full case folding, the restriction level of a text (UTS 39) and properties of characters,
/// all of one version of Unicode, the one that <see cref="string.Normalize()"/> goes by. Its libraries are loaded already: .NET lives on them too.
/// Their functions carry the version in their names (<c>u_strFoldCase_72</c>), so they are found at run time, newest version first, as .NET does it.
/// Safe for any number of threads. Without ICU every member but <see cref="Problem"/> throws <see cref="InvalidOperationException"/>.
/// </summary>
public static class Icu
{
    // Before 58 a level went by Script and not by Script_Extensions. The newest is 78; the rest is for what comes.
    private const int NewestVersion = 120, OldestVersion = 58;

    // uchar.h, uspoof.h
    private const int DefaultIgnorable = 5, CombiningClass = 0x1002, GeneralCategory = 0x1005, JoiningType = 0x1007;
    private const int ViramaClass = 9;
    private const int RestrictionLevelCheck = 16, HighlyRestrictive = 0x30000000;
    private const uint FoldCaseDefault = 0;

    /// <summary>Loaded at the first use of the class, and for the life of the process.</summary>
    private static readonly Functions? _functions = Functions.Load();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Unicode)]
    private delegate int FoldCaseFunction([Out] char[] target, int capacity, string text, int length, uint options, ref int error);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Unicode)]
    private delegate int PropertyFunction(int codePoint, int property);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Unicode)]
    private delegate nint OpenSpoofFunction(ref int error);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Unicode)]
    private delegate void SetChecksFunction(nint checker, int checks, ref int error);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Unicode)]
    private delegate void SetLevelFunction(nint checker, int level);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl, CharSet = CharSet.Unicode)]
    private delegate int CheckSpoofFunction(nint checker, string text, int length, nint position, ref int error);

    /// <summary>
    /// Why names cannot be told apart in this process, as one sentence; null when they can. To be asked before anything else: .NET itself
    /// ends a process without ICU, with a stack trace, when something asks for a culture.
    /// </summary>
    public static string? Problem()
    {
        if (_functions is null)
        {
            return "names need ICU, and libicuuc and libicui18n (58 or later) are not on this machine: install libicu (libicu72 on Debian 12), "
                + "or take a base for the image that has it (chiselled-extra)";
        }

        // What .NET does then: it gives back every text as it came.
        return "\uFF2A".Normalize(NormalizationForm.FormKC) == "J"
            ? null
            : "names need ICU, and .NET is told to do without it: set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false";
    }

    /// <summary>Full case folding (CaseFolding.txt, C and F): <c>ß</c> is <c>ss</c>, <c>ς</c> is <c>σ</c>; no place on earth changes it.</summary>
    internal static string FoldCase(string text)
    {
        // Nothing becomes more than three times as long.
        char[] folded = new char[3 * text.Length];
        int error = 0;
        int length = Loaded.FoldCase(folded, folded.Length, text, text.Length, FoldCaseDefault, ref error);
        ThrowIfFailed(error);
        return text.AsSpan().SequenceEqual(folded.AsSpan(0, length)) ? text : new string(folded, 0, length);
    }

    /// <summary>
    /// True for a text in one script, or in Latin with Han and those that go with it (Hiragana and Katakana, Bopomofo, Hangul): UTS 39's level
    /// "highly restrictive" or better, by Script_Extensions. What is common to scripts (digits, marks, punctuation) goes with each.
    /// </summary>
    internal static bool IsHighlyRestrictive(string text)
    {
        int error = 0;
        int failed = Loaded.CheckSpoof(Loaded.Checker, text, text.Length, 0, ref error);
        ThrowIfFailed(error);
        return (failed & RestrictionLevelCheck) == 0;
    }

    internal static IcuCategory Category(Rune rune) => (IcuCategory)Property(rune, GeneralCategory);

    /// <summary>Fillers, joiners, variation selectors and their like: nothing is seen of them.</summary>
    internal static bool IsDefaultIgnorable(Rune rune) => Property(rune, DefaultIgnorable) != 0;

    /// <summary>The sign of an Indic script that takes the vowel from a consonant.</summary>
    internal static bool IsVirama(Rune rune) => Property(rune, CombiningClass) == ViramaClass;

    internal static IcuJoining Joining(Rune rune) => (IcuJoining)Property(rune, JoiningType);

    private static Functions Loaded => _functions ?? throw new InvalidOperationException(Problem());

    private static int Property(Rune rune, int property) => Loaded.Property(rune.Value, property);

    /// <summary>Below zero are warnings. There is no text that makes these functions fail.</summary>
    private static void ThrowIfFailed(int error)
    {
        if (error > 0)
            throw new InvalidOperationException($"ICU failed with error {error}");
    }

    /// <summary>Texts and arrays go to ICU as they lie, in UTF-16: nothing is copied.</summary>
    private sealed class Functions
    {
        private readonly nint _common, _i18n;
        private readonly string _suffix;

        private Functions(nint common, nint i18n, string suffix)
        {
            (_common, _i18n, _suffix) = (common, i18n, suffix);
            FoldCase = Find<FoldCaseFunction>(_common, "u_strFoldCase");
            Property = Find<PropertyFunction>(_common, "u_getIntPropertyValue");
            CheckSpoof = Find<CheckSpoofFunction>(_i18n, "uspoof_check");

            int error = 0;
            Checker = Find<OpenSpoofFunction>(_i18n, "uspoof_open")(ref error);
            ThrowIfFailed(error);
            Find<SetLevelFunction>(_i18n, "uspoof_setRestrictionLevel")(Checker, HighlyRestrictive);
            Find<SetChecksFunction>(_i18n, "uspoof_setChecks")(Checker, RestrictionLevelCheck, ref error);
            ThrowIfFailed(error);
        }

        internal FoldCaseFunction FoldCase { get; }

        internal PropertyFunction Property { get; }

        internal CheckSpoofFunction CheckSpoof { get; }

        /// <summary>Never changed once it is set up: then it may be used by all threads at once.</summary>
        internal nint Checker { get; }

        /// <returns>Null when there is no ICU, or none of a version that will do. No culture is asked for here: see <see cref="Problem"/>.</returns>
        internal static Functions? Load()
        {
            for (int version = NewestVersion; version >= OldestVersion; version--)
            {
                string number = Digits(version);
                if (NativeLibrary.TryLoad("libicuuc.so." + number, out nint common) && NativeLibrary.TryLoad("libicui18n.so." + number, out nint i18n))
                    return new Functions(common, i18n, "_" + number);
            }

            return null;
        }

        private static string Digits(int number) =>
            (number > 9 ? Digits(number / 10) : "") + (char)('0' + (number % 10));

        private T Find<T>(nint library, string function)
            where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, function + _suffix));
    }
}
