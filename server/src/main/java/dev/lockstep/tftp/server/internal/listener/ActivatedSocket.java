package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;

/** Opens a UDP socket that the parent process has bound. */
final class ActivatedSocket {
    private static final int STANDARD_INPUT = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SOCK_DGRAM = 2;
    private static final IntegerUnixChannelOption SO_TYPE = new IntegerUnixChannelOption("SO_TYPE", SOL_SOCKET, 3);

    private ActivatedSocket() {}

    /**
     * Opens a channel on an inherited socket and takes ownership of it.
     *
     * @param descriptor the file descriptor of the socket
     * @throws IOException if the descriptor is not a UDP socket, or this transport cannot use it: Java NIO can only use
     *     standard input
     */
    static DatagramChannel at(int descriptor, Transport transport) throws IOException {
        try {
            if (transport == Transport.EPOLL) {
                EpollDatagramChannel channel = new EpollDatagramChannel(descriptor);
                if (channel.config().getOption(SO_TYPE) == SOCK_DGRAM && channel.localAddress() != null) {
                    return channel;
                }
            } else if (descriptor == STANDARD_INPUT
                    && System.inheritedChannel() instanceof java.nio.channels.DatagramChannel socket) {
                return new NioDatagramChannel(socket);
            }
        } catch (RuntimeException e) {
            throw noUdpSocket(descriptor, e);
        }
        throw noUdpSocket(descriptor, null);
    }

    private static IOException noUdpSocket(int descriptor, Exception cause) {
        return new IOException("inherited descriptor " + descriptor + ": no UDP socket", cause);
    }
}
