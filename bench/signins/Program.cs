// What signing in costs: passwords and tokens checked per second and core, and what TLS costs a node.
//
//   dotnet run -c Release --project bench/signins [seconds each, 5] [idle TLS sessions, 2000]
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Conference.Bench.SignIns;
using Conference.Node.SignIn;
using Conference.Node.SignIn.Tokens;

var each = TimeSpan.FromSeconds(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5);
int sessions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2000;

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores; rates are per second of one core's time, on one thread"));
var hasher = new PasswordHasher();
string hash = hasher.Hash("secret");
Work.Measure("PLAIN: PBKDF2-HMAC-SHA512, 210,000 iterations", each, () => hasher.Verify("secret", hash));
Work.Measure("PLAIN: an account there is not", each, () => !hasher.Verify("secret", null));

using var rsa = RSA.Create(2048);
using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
byte[] secret = RandomNumberGenerator.GetBytes(32);
Token("BEARER: HS256", VerificationKey.Of(secret), text => HMACSHA256.HashData(secret, text));
Token("BEARER: RS256, 2,048 bits", VerificationKey.Of(rsa, null), text => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
Token("BEARER: ES256", VerificationKey.Of(ecdsa, null), text => ecdsa.SignData(text, HashAlgorithmName.SHA256));

await NodeWork.SignInAsync(each);
await NodeWork.IdleTlsAsync(sessions);

void Token(string what, VerificationKey key, Func<byte[], byte[]> sign)
{
    string text = $"{Encode($$"""{"alg":"{{key.Algorithm}}"}""")}.{Encode("""{"sub":"joe","exp":4000000000,"rooms":["standup"],"publish":true}""")}";
    string token = $"{text}.{System.Buffers.Text.Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    var validator = new TokenValidator(() => [key], null);
    var now = DateTimeOffset.UnixEpoch.AddSeconds(3_000_000_000);
    Work.Measure(what, each, () => validator.ValidateAsync(token, now).GetAwaiter().GetResult() is Conference.Actors.Sessions.SignInResult.Proved);
}

static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
