/* Bits of octets: reading and writing, the fast part inline. */

#ifndef UPER_BITS_H
#define UPER_BITS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_BITS 56 /* of a number: what an unaligned load of 8 octets always holds */

struct reader {
    const uint8_t *data;
    size_t octets;  /* of the whole message */
    size_t at, end; /* bits: the next one, the first that does not belong to the value */
};

struct writer {
    uint8_t *octets;
    size_t at, room; /* whole octets so far; octets there is room for, 16 always spare */
    uint64_t word;   /* its lowest `left` bits are not written yet */
    unsigned left;   /* less than 8 */
    bool heap;
};

static inline uint64_t big_endian(uint64_t word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return word;
#else
    return word >> 56 | (word >> 40 & 0xff00) | (word >> 24 & 0xff0000) | (word >> 8 & 0xff000000) |
           (word << 8 & 0xff00000000) | (word << 24 & 0xff0000000000) | (word << 40 & 0xff000000000000) | word << 56;
#endif
}

/* Read up to MAX_BITS bits; false when they are not there. */
static inline bool take(struct reader *reader, unsigned bits, uint64_t *number)
{
    size_t at = reader->at, octet = at >> 3;
    uint64_t word = 0;
    if (bits > reader->end - at)
        return false;
    if (octet + 8 <= reader->octets) {
        memcpy(&word, reader->data + octet, 8);
        word = big_endian(word);
    } else {
        for (size_t i = 0; i < 8; i++)
            word = word << 8 | (octet + i < reader->octets ? reader->data[octet + i] : 0);
    }
    reader->at = at + bits;
    *number = bits ? word << (at & 7) >> (64 - bits) : 0;
    return true;
}

/* Read whole octets; false when they are not there. */
bool take_octets(struct reader *reader, uint8_t *target, size_t count);

/* Read a length determinant below 16384 in its shortest form. */
bool take_length(struct reader *reader, uint64_t *length);

/* Read the rest, which must be padding: less than an octet, all 0. */
bool take_padding(struct reader *reader);

/* Make room for `more` octets; MemoryError. */
bool grow(struct writer *writer, size_t more);

/* Write up to MAX_BITS bits. */
static inline bool put(struct writer *writer, uint64_t number, unsigned bits)
{
    if (writer->at + 16 > writer->room && !grow(writer, 0))
        return false;
    unsigned left = writer->left + bits;
    writer->word = writer->word << bits | number;
    uint64_t word = left ? big_endian(writer->word << (64 - left)) : 0;
    memcpy(writer->octets + writer->at, &word, 8);
    writer->at += left >> 3;
    writer->left = left & 7;
    return true;
}

bool put_octets(struct writer *writer, const uint8_t *octets, size_t count);

/* Write a length determinant; false from 16384 on. */
bool put_length(struct writer *writer, uint64_t length);

/* Write zeros up to the next octet. */
bool put_padding(struct writer *writer);

#endif
