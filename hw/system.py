"""The operating system's texts about files, ports and sockets that it cannot open, read or write, in two languages."""

from __future__ import annotations

import errno
import os

from hw.detail import Detail, chinese

_CHINESE = {
    errno.ENOENT: "文件或设备不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许的操作",
    errno.EBUSY: "设备被占用",
    errno.EIO: "输入输出错误",
    errno.ENODEV: "设备不存在",
    errno.ENXIO: "设备不存在",
    errno.EAFNOSUPPORT: "系统不支持该类地址",
    errno.EADDRINUSE: "地址已被占用",
    errno.EADDRNOTAVAIL: "本机没有该地址",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被对端重置",
    errno.ETIMEDOUT: "连接超时",
    errno.EHOSTUNREACH: "主机不可达",
    errno.ENETUNREACH: "网络不可达",
    errno.ENETDOWN: "网络已断开",
    errno.EPIPE: "连接已断开",
    errno.EEXIST: "文件已存在",
    errno.EISDIR: "是目录而非文件",
    errno.ENOTDIR: "路径中有一部分不是目录",
    errno.ENOTEMPTY: "目录非空",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "文件系统只读",
    errno.EMFILE: "打开的文件过多",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "符号链接层数过多",
    errno.EINVAL: "参数无效",
}
DETAILS = tuple(Detail(os.strerror(code), zh) for code, zh in _CHINESE.items())


def said(error: Exception) -> Detail:
    """Return the system's text without the file's name, which `OSError` gives too."""
    text = str(getattr(error, "strerror", None) or error)
    return Detail(text, chinese(text, DETAILS))
