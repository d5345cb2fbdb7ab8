/* What one process does to the files of a folder, in order: preload it. IO_FOLDER: the folder; IO_LOG: where it is logged.

   A record: operation u8, lengths of two paths u16, offset u64, length of data u32, then paths and data. Operations: W
   write, T truncate (offset: new size), S sync of a file, R rename, U unlink, C create. Byte order of the machine. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int to = -1;
static const char *folder;
static ssize_t (*real_write)(int, const void *, size_t);

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void prepare(void) {
    const char *name = getenv("IO_LOG");
    folder = getenv("IO_FOLDER");
    real_write = REAL(write);
    if (name && folder)
        to = REAL(open)(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int ours(const char *path) { return to >= 0 && !strncmp(path, folder, strlen(folder)); }

static void tell(char what, const char *path, const char *other, uint64_t offset, const void *data, uint32_t size) {
    uint16_t first = strlen(path), second = strlen(other);
    char head[17];
    memcpy(head, &what, 1);
    memcpy(head + 1, &first, 2);
    memcpy(head + 3, &second, 2);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &size, 4);
    real_write(to, head, 17);
    real_write(to, path, first);
    real_write(to, other, second);
    if (size)
        real_write(to, data, size);
}

static int path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = file == to ? -1 : readlink(link, path, PATH_MAX - 1);
    if (size < 0)
        return 0;
    path[size] = 0;
    return ours(path);
}

static void note_open(const char *path, int flags) {
    struct stat is;
    char whole[PATH_MAX];
    if (!(flags & (O_CREAT | O_TRUNC)) || !realpath(path, whole)) /* one that is made lies in a folder that is there */
        snprintf(whole, sizeof whole, "%s", path);
    if (!ours(whole))
        return;
    int known = !stat(whole, &is);
    if ((flags & O_CREAT) && !known)
        tell('C', whole, "", 0, "", 0);
    else if ((flags & O_TRUNC) && known)
        tell('T', whole, "", 0, "", 0);
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                                                      \
        va_end(rest);                                                                                                  \
        note_open(path, flags);                                                                                        \
        return REAL(name)(path, flags, mode);                                                                          \
    }
OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *data, size_t size) {
    char path[PATH_MAX];
    int tells = path_of(file, path);
    off_t at = 0;
    if (tells) {
        struct stat is;
        at = fcntl(file, F_GETFL) & O_APPEND && !fstat(file, &is) ? is.st_size : lseek(file, 0, SEEK_CUR);
    }
    ssize_t done = real_write(file, data, size);
    if (tells && done > 0)
        tell('W', path, "", at, data, done);
    return done;
}

#define PWRITE(name, type)                                                                                             \
    ssize_t name(int file, const void *data, size_t size, type at) {                                                   \
        char path[PATH_MAX];                                                                                           \
        ssize_t done = REAL(name)(file, data, size, at);                                                               \
        if (done > 0 && path_of(file, path))                                                                           \
            tell('W', path, "", at, data, done);                                                                       \
        return done;                                                                                                   \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, type)                                                                                           \
    int name(int file, type size) {                                                                                    \
        char path[PATH_MAX];                                                                                           \
        int done = REAL(name)(file, size);                                                                             \
        if (!done && path_of(file, path))                                                                              \
            tell('T', path, "", size, "", 0);                                                                          \
        return done;                                                                                                   \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                                                                     \
    int name(int file) {                                                                                               \
        char path[PATH_MAX];                                                                                           \
        int done = REAL(name)(file);                                                                                   \
        if (!done && path_of(file, path))                                                                              \
            tell('S', path, "", 0, "", 0);                                                                             \
        return done;                                                                                                   \
    }
SYNC(fsync)
SYNC(fdatasync)

int rename(const char *from, const char *into) {
    int done = REAL(rename)(from, into);
    if (!done && ours(from))
        tell('R', from, into, 0, "", 0);
    return done;
}

int unlink(const char *path) {
    int done = REAL(unlink)(path);
    if (!done && ours(path))
        tell('U', path, "", 0, "", 0);
    return done;
}
