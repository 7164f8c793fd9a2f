/* A live VP8 encoder for tests: one frame for every byte on standard input, 'k' for a keyframe and 'f' for any.
 *
 *   vp8_live WIDTH HEIGHT FPS KBITS LAYERED
 *
 * The picture is its own number: sixteen bars, white for the bits that are set, and noise, to have something to spend bits on. With LAYERED = 1 there are three temporal layers
 * (1/6, 1/3 and all of the frames). Out come: size (32 bits, little endian), layer, keyframe, sync, 0, then the frame. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#define ONLY_LAST (VP8_EFLAG_NO_REF_GF | VP8_EFLAG_NO_REF_ARF)
#define KEEP_ALL (VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_UPD_ENTROPY)

static const int layer_of[6] = {0, 2, 2, 1, 2, 2};
static const int sync_of[6] = {0, 1, 1, 1, 0, 0};
/* The base layer refers to itself, the middle one to the base, the top one to what is below; the middle one lives in the golden frame. */
static const vpx_enc_frame_flags_t flags_of[6] = {
    ONLY_LAST | VP8_EFLAG_NO_UPD_GF | VP8_EFLAG_NO_UPD_ARF,
    ONLY_LAST | KEEP_ALL,
    ONLY_LAST | KEEP_ALL,
    ONLY_LAST | VP8_EFLAG_NO_UPD_LAST | VP8_EFLAG_NO_UPD_ARF | VP8_EFLAG_NO_UPD_ENTROPY,
    VP8_EFLAG_NO_REF_ARF | KEEP_ALL,
    VP8_EFLAG_NO_REF_ARF | KEEP_ALL,
};

static void draw(vpx_image_t *image, int number)
{
    for (unsigned y = 0; y < image->d_h; y++)
        for (unsigned x = 0; x < image->d_w; x++)
            image->planes[0][y * image->stride[0] + x] = ((number >> (x * 16 / image->d_w)) & 1 ? 200 : 50) + rand() % 40 - 20;
    for (int plane = 1; plane < 3; plane++)
        memset(image->planes[plane], 128, image->stride[plane] * ((image->d_h + 1) / 2));
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    int fps = atoi(argv[3]), kbits = atoi(argv[4]), layered = atoi(argv[5]);
    vpx_codec_enc_cfg_t cfg;
    if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &cfg, 0))
        return 1;
    cfg.g_w = atoi(argv[1]);
    cfg.g_h = atoi(argv[2]);
    cfg.g_timebase.num = 1;
    cfg.g_timebase.den = fps;
    cfg.g_lag_in_frames = 0;
    cfg.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
    cfg.rc_end_usage = VPX_CBR;
    cfg.rc_target_bitrate = kbits;
    cfg.rc_dropframe_thresh = 0;
    cfg.rc_max_quantizer = 50;
    cfg.kf_mode = VPX_KF_DISABLED;
    if (layered) {
        cfg.ts_number_layers = 3;
        cfg.ts_periodicity = 6;
        int decimator[3] = {6, 3, 1};
        for (int i = 0; i < 3; i++) {
            cfg.ts_rate_decimator[i] = decimator[i];
            cfg.ts_target_bitrate[i] = kbits * (i == 0 ? 4 : i == 1 ? 6 : 10) / 10;
        }
        for (int i = 0; i < 6; i++)
            cfg.ts_layer_id[i] = layer_of[i];
    }
    vpx_codec_ctx_t codec;
    if (vpx_codec_enc_init(&codec, vpx_codec_vp8_cx(), &cfg, 0))
        return 1;
    vpx_codec_control(&codec, VP8E_SET_CPUUSED, -8);
    vpx_image_t image;
    if (!vpx_img_alloc(&image, VPX_IMG_FMT_I420, cfg.g_w, cfg.g_h, 16))
        return 1;
    int number = 0;
    for (int asked; (asked = getchar()) != EOF; number++) {
        draw(&image, number);
        int place = number % 6;
        vpx_enc_frame_flags_t flags = layered ? flags_of[place] : 0;
        if (asked == 'k' || number == 0)
            flags = VPX_EFLAG_FORCE_KF;
        if (layered)
            vpx_codec_control(&codec, VP8E_SET_TEMPORAL_LAYER_ID, asked == 'k' ? 0 : layer_of[place]);
        if (vpx_codec_encode(&codec, &image, number, 1, flags, VPX_DL_REALTIME))
            return 1;
        vpx_codec_iter_t iter = NULL;
        const vpx_codec_cx_pkt_t *packet;
        while ((packet = vpx_codec_get_cx_data(&codec, &iter))) {
            if (packet->kind != VPX_CODEC_CX_FRAME_PKT)
                continue;
            int key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
            uint32_t size = packet->data.frame.sz;
            uint8_t head[4] = {layered && !key ? layer_of[place] : 0, key, layered && sync_of[place], 0};
            fwrite(&size, 4, 1, stdout);
            fwrite(head, 4, 1, stdout);
            fwrite(packet->data.frame.buf, 1, size, stdout);
        }
        fflush(stdout);
    }
    return 0;
}
