using System.Runtime.InteropServices;
using System.Text;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>What is used of OpenSSL 3's libcrypto. What runs for every packet takes about a microsecond and waits for nothing: there the
/// garbage collector waits for the call, which costs less than telling it.</summary>
internal static unsafe partial class LibCrypto
{
    public const string Name = "libcrypto.so.3";

    public const int EVP_CTRL_AEAD_GET_TAG = 16, EVP_CTRL_AEAD_SET_TAG = 17;
    public const int BIO_CTRL_RESET = 1, BIO_CTRL_INFO = 3, BIO_C_SET_BUF_MEM_EOF_RETURN = 130;

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_CTX_new")]
    public static partial CipherHandle NewCipher();

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_CTX_free")]
    public static partial void FreeCipher(nint cipher);

    [LibraryImport(Name, EntryPoint = "EVP_aes_128_gcm")]
    public static partial nint Aes128Gcm();

    [LibraryImport(Name, EntryPoint = "EVP_aes_128_ctr")]
    public static partial nint Aes128Ctr();

    [LibraryImport(Name, EntryPoint = "EVP_CipherInit_ex"), SuppressGCTransition]
    public static partial int CipherInit(nint cipher, nint type, nint engine, byte* key, byte* nonce, int encrypts);

    [LibraryImport(Name, EntryPoint = "EVP_CipherUpdate"), SuppressGCTransition]
    public static partial int CipherUpdate(nint cipher, byte* output, int* written, byte* input, int length);

    [LibraryImport(Name, EntryPoint = "EVP_CipherFinal_ex"), SuppressGCTransition]
    public static partial int CipherFinal(nint cipher, byte* output, int* written);

    [LibraryImport(Name, EntryPoint = "EVP_CIPHER_CTX_ctrl"), SuppressGCTransition]
    public static partial int CipherControl(nint cipher, int command, int length, byte* bytes);

    [LibraryImport(Name, EntryPoint = "HMAC_CTX_new")]
    public static partial HmacHandle NewHmac();

    [LibraryImport(Name, EntryPoint = "HMAC_CTX_free")]
    public static partial void FreeHmac(nint hmac);

    [LibraryImport(Name, EntryPoint = "EVP_sha1")]
    public static partial nint Sha1();

    [LibraryImport(Name, EntryPoint = "HMAC_Init_ex"), SuppressGCTransition]
    public static partial int HmacInit(nint hmac, byte* key, int length, nint digest, nint engine);

    [LibraryImport(Name, EntryPoint = "HMAC_Update"), SuppressGCTransition]
    public static partial int HmacUpdate(nint hmac, byte* bytes, nuint length);

    [LibraryImport(Name, EntryPoint = "HMAC_Final"), SuppressGCTransition]
    public static partial int HmacFinal(nint hmac, byte* tag, uint* length);

    [LibraryImport(Name, EntryPoint = "BIO_s_mem")]
    public static partial nint MemoryBio();

    [LibraryImport(Name, EntryPoint = "BIO_new")]
    public static partial nint NewBio(nint method);

    [LibraryImport(Name, EntryPoint = "BIO_write")]
    public static partial int WriteBio(nint bio, byte* bytes, int length);

    [LibraryImport(Name, EntryPoint = "BIO_read")]
    public static partial int ReadBio(nint bio, byte* bytes, int length);

    [LibraryImport(Name, EntryPoint = "BIO_ctrl")]
    public static partial nint ControlBio(nint bio, int command, nint number, void* pointer);

    [LibraryImport(Name, EntryPoint = "i2d_X509")]
    public static partial int EncodeCertificate(nint certificate, byte** into);

    [LibraryImport(Name, EntryPoint = "X509_free")]
    public static partial void FreeCertificate(nint certificate);

    [LibraryImport(Name, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Name, EntryPoint = "ERR_get_error")]
    private static partial ulong NextError();

    [LibraryImport(Name, EntryPoint = "ERR_reason_error_string")]
    private static partial byte* ReasonOf(ulong error);

    /// <summary>What this thread's last calls had to complain of; empties the list.</summary>
    public static string TakeErrors()
    {
        var text = new StringBuilder();
        for (ulong error = NextError(); error != 0; error = NextError())
            text.Append(text.Length > 0 ? ", " : "").Append(Marshal.PtrToStringUTF8((nint)ReasonOf(error)) ?? error.ToString("X", null));
        return text.Length > 0 ? text.ToString() : "no reason given";
    }
}
