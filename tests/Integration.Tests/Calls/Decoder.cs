using System.Diagnostics;

namespace Conference.Integration.Tests.Calls;

/// <summary>What ffmpeg makes of a recording: pixels and samples.</summary>
internal static class Decoder
{
    private const int Width = 32;
    private const int Height = 24;
    private const int SampleRate = 8000;

    /// <summary>Every frame that decodes, as the mean red, green and blue of its picture, 0 to 255.</summary>
    /// <param name="file">What to read.</param>
    /// <param name="part">A filter that takes a part of each; null takes all of it.</param>
    public static async Task<IReadOnlyList<(double Red, double Green, double Blue)>> FramesAsync(string file, string? part = null)
    {
        byte[] pixels = await RunAsync(
            "-v", "error", "-i", file, "-map", "0:v", "-fps_mode", "passthrough", "-vf", $"{(part is null ? "" : $"{part},")}scale={Width}:{Height}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-");
        const int frame = Width * Height * 3;
        Assert.Equal(0, pixels.Length % frame);
        return [.. Enumerable.Range(0, pixels.Length / frame).Select(i => Mean(pixels.AsSpan(i * frame, frame)))];
    }

    /// <summary>All sound, mono, 8 kHz, -1 to 1.</summary>
    public static async Task<float[]> SamplesAsync(string file)
    {
        byte[] bytes = await RunAsync("-v", "error", "-i", file, "-map", "0:a", "-ac", "1", "-ar", $"{SampleRate}", "-f", "f32le", "-");
        var samples = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, samples, 0, samples.Length * sizeof(float));
        return samples;
    }

    /// <summary>The share of the sound's power that is at one frequency, 0 to 1 (Goertzel, over windows of a tenth of a second).</summary>
    public static double ShareOf(double hertz, float[] samples)
    {
        const int window = SampleRate / 10;
        double at = 0, all = 0;
        for (int start = 0; start + window <= samples.Length; start += window)
        {
            double real = 0, imaginary = 0;
            for (int i = 0; i < window; i++)
            {
                double sample = samples[start + i];
                double angle = 2 * Math.PI * hertz * i / SampleRate;
                real += sample * Math.Cos(angle);
                imaginary += sample * Math.Sin(angle);
                all += sample * sample;
            }

            at += 2 * ((real * real) + (imaginary * imaginary)) / window;
        }

        return all == 0 ? 0 : at / all;
    }

    private static (double Red, double Green, double Blue) Mean(ReadOnlySpan<byte> pixels)
    {
        double red = 0, green = 0, blue = 0;
        for (int i = 0; i < pixels.Length; i += 3)
        {
            red += pixels[i];
            green += pixels[i + 1];
            blue += pixels[i + 2];
        }

        int count = pixels.Length / 3;
        return (red / count, green / count, blue / count);
    }

    private static async Task<byte[]> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ffmpeg", ["-nostdin", .. arguments]) { RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
