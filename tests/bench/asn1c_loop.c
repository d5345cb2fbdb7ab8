/* asn1c's C in a loop: for each file named on the command line, microseconds per encode and per decode of its octets.
   Decoding counts until the structure is freed; encoding goes into a buffer on the stack. */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "MessageFrame.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

static MessageFrame_t *decoded(const unsigned char *octets, size_t size)
{
    MessageFrame_t *frame = NULL;
    asn_dec_rval_t result = uper_decode_complete(NULL, &asn_DEF_MessageFrame, (void **)&frame, octets, size);
    return result.code == RC_OK ? frame : NULL;
}

static long encoded(MessageFrame_t *frame, unsigned char *octets, size_t room)
{
    return (uper_encode_to_buffer(&asn_DEF_MessageFrame, frame, octets, room).encoded + 7) / 8;
}

int main(int count, char **names)
{
    static unsigned char octets[65536], again[65536];
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(names[i], "rb");
        size_t size = file ? fread(octets, 1, sizeof octets, file) : 0;
        MessageFrame_t *frame = decoded(octets, size);
        if (!frame || encoded(frame, again, sizeof again) != (long)size || memcmp(octets, again, size) != 0)
            return 1;
        long rounds = 0;
        double began = now(), spent;
        while ((spent = now() - began) < 30e3)
            for (int j = 0; j < 20; j++, rounds++)
                encoded(frame, again, sizeof again);
        printf("%f ", spent / rounds);
        ASN_STRUCT_FREE(asn_DEF_MessageFrame, frame);
        rounds = 0;
        began = now();
        while ((spent = now() - began) < 30e3)
            for (int j = 0; j < 20; j++, rounds++) {
                frame = decoded(octets, size);
                ASN_STRUCT_FREE(asn_DEF_MessageFrame, frame);
            }
        printf("%f\n", spent / rounds);
        fclose(file);
    }
    return 0;
}
