"""Paho's MQTT client, except that a failed TLS handshake closes its socket: paho leaves it to the garbage collector."""

from __future__ import annotations

import socket
import ssl

import paho.mqtt.client as paho


class ClosingClient(paho.Client):
    """A client whose sockets are closed when it has no use for them."""

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        assert self._ssl_context is not None
        wrapped = self._ssl_context.wrap_socket(tcp_sock, server_hostname=self._host, do_handshake_on_connect=False)
        try:
            wrapped.settimeout(self._connect_timeout)
            wrapped.do_handshake()
        except BaseException:
            wrapped.close()
            raise
        return wrapped
