package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Says no for one listener, each time from a fresh port. One socket is kept in reserve, so that it can be said even
 * when the machine gives no other: then one after the other, and no more than some may wait. On the event loop.
 */
final class ErrorResponder {
    private static final int MOST_WAITING = 256;
    private static final long RETRY_MILLIS = 100;

    private final EventLoop loop;
    private final Transport transport;
    private final TransferChannelFactory bootstrap;
    private final InetAddress listening;
    private final Queue<Refusal> waiting = new ArrayDeque<>();
    private DatagramChannel spare;
    private boolean retryScheduled;
    private boolean closed;

    private record Refusal(InetSocketAddress peer, InetAddress from, TftpException reason) {}

    /** For the listener at that address. */
    ErrorResponder(EventLoop loop, Transport transport, TransferChannelFactory bootstrap, InetAddress listening) {
        this.loop = loop;
        this.transport = transport;
        this.bootstrap = bootstrap;
        this.listening = listening;
        keepSpare();
    }

    /** Sends the ERROR to the peer from the address that was asked, now or when there is a socket. */
    void refuse(InetSocketAddress peer, InetAddress from, TftpException reason) {
        if (waiting.size() < MOST_WAITING && !closed) {
            waiting.add(new Refusal(peer, from, reason));
            sendWaiting();
        }
    }

    /** Some socket was closed. */
    void onSocketClosed() {
        keepSpare();
        sendWaiting();
    }

    /** The listener is gone. */
    void close() {
        closed = true;
        waiting.clear();
        if (spare != null) {
            spare.unsafe().closeForcibly(); // it is registered nowhere
            spare = null;
        }
    }

    private void sendWaiting() {
        while (!waiting.isEmpty()) {
            DatagramChannel socket = open();
            if (socket == null) {
                socket = spare;
                spare = null;
            }
            if (socket == null) {
                retryLater();
                return;
            }
            Refusal next = waiting.remove();
            bootstrap.refuse(socket, next.peer, next.from, next.reason).addListener((ChannelFuture connected) -> {
                if (connected.isSuccess()) {
                    connected.channel().closeFuture().addListener(closed -> onSocketClosed());
                } else {
                    onSocketClosed();
                }
            });
        }
    }

    /** Somebody else may have taken all there were: then nothing of ours tells when there is one again. */
    private void retryLater() {
        if (!retryScheduled) {
            retryScheduled = true;
            Runnable retry = () -> {
                retryScheduled = false;
                onSocketClosed();
            };
            loop.schedule(retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void keepSpare() {
        if (spare == null && !closed) {
            spare = open();
        }
    }

    /** A new socket, or null if there is none to be had. */
    private DatagramChannel open() {
        try {
            return transport.socketsFor(listening).newChannel();
        } catch (ChannelException none) {
            return null;
        }
    }
}
