using Microsoft.Win32.SafeHandles;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>EVP_CIPHER_CTX.</summary>
internal sealed class CipherHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeCipher(handle);
        return true;
    }
}

/// <summary>HMAC_CTX.</summary>
internal sealed class HmacHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.FreeHmac(handle);
        return true;
    }
}

/// <summary>SSL_CTX.</summary>
internal sealed class SslContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibSsl.FreeContext(handle);
        return true;
    }
}

/// <summary>SSL.</summary>
internal sealed class SslHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibSsl.FreeSession(handle);
        return true;
    }
}
