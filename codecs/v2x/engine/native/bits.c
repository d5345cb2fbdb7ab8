#include "bits.h"

bool take_octets(struct reader *reader, uint8_t *target, size_t count)
{
    if (count > (reader->end - reader->at) / 8)
        return false;
    size_t octet = reader->at >> 3;
    unsigned shift = reader->at & 7;
    const uint8_t *data = reader->data + octet;
    if (shift == 0)
        memcpy(target, data, count);
    else
        for (size_t i = 0; i < count; i++)
            target[i] = (uint8_t)(data[i] << shift | data[i + 1] >> (8 - shift));
    reader->at += 8 * count;
    return true;
}

bool take_length(struct reader *reader, uint64_t *length)
{
    if (!take(reader, 8, length))
        return false;
    if (*length < 128)
        return true;
    reader->at -= 8;
    if (!take(reader, 16, length))
        return false;
    *length -= 0x8000;
    return *length >= 128 && *length < 0x4000;
}

bool take_padding(struct reader *reader)
{
    uint64_t padding;
    size_t left = reader->end - reader->at;
    return left <= 7 && take(reader, (unsigned)left, &padding) && !padding;
}

bool grow(struct writer *writer, size_t more)
{
    if (writer->at + more + 16 <= writer->room)
        return true;
    size_t room = 2 * (writer->at + more + 16);
    uint8_t *octets = writer->heap ? PyMem_Realloc(writer->octets, room) : PyMem_Malloc(room);
    if (!octets) {
        PyErr_NoMemory();
        return false;
    }
    if (!writer->heap)
        memcpy(octets, writer->octets, writer->at);
    writer->octets = octets;
    writer->room = room;
    writer->heap = true;
    return true;
}

bool put_octets(struct writer *writer, const uint8_t *octets, size_t count)
{
    if (!grow(writer, count))
        return false;
    if (writer->left == 0) {
        memcpy(writer->octets + writer->at, octets, count);
        writer->at += count;
        return true;
    }
    for (size_t i = 0; i < count; i++)
        put(writer, octets[i], 8);
    return true;
}

bool put_length(struct writer *writer, uint64_t length)
{
    return length < 128 ? put(writer, length, 8) : length < 0x4000 && put(writer, 0x8000 | length, 16);
}

bool put_padding(struct writer *writer)
{
    return put(writer, 0, -writer->left & 7);
}
